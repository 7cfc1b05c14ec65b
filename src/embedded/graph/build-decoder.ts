/** A decoder as data -> the nodes of its graph. */
import type { Block, Decoder, Norm } from './decoder.ts';
import type { GraphBuilder, Value } from './graph-builder.ts';
import { nextTokenOutputs, wantedRows } from './head.ts';
import { feedForward, flatten, linear, normalise, softcapped } from './layers.ts';
import { unsupported } from './model-config.ts';
import { type GraphInputs, graphInputs, type ModelGraph } from './model-graph.ts';
import { type Rope, type RotaryTables, rotaryTables } from './rope.ts';
import { type AttentionPlace, selfAttention } from './self-attention.ts';

/** @throws LibraError LIBRA_CHECKPOINT_INVALID when a weight is missing or not of the size the config asks for */
export function buildDecoder(graph: GraphBuilder, decoder: Decoder): ModelGraph {
  const { blocks, finalNorm, head } = decoder;
  const shape = { ...decoder.shape, window: windowOf(blocks) };
  const inputs = graphInputs(graph);
  const batchAndTime = graph.node('Shape', [inputs.ids]);
  const tables = rotaryTablesOf(graph, inputs.positions, blocks);
  let hidden = embed(graph, inputs, decoder);
  blocks.forEach((block, layer) => {
    const rotary = block.attention.rope === null ? null : (tables.get(block.attention.rope) ?? null);
    hidden = addBlock(graph, hidden, block, { shape, layer, rotary, batchAndTime, inputs });
  });
  const wanted = normalise(graph, wantedRows(graph, hidden, inputs), finalNorm);
  const logits = softcapped(graph, linear(graph, wanted, head.linear), head.softcap);
  nextTokenOutputs(graph, logits, inputs, shape.vocabSize);
  return { shape, graph: graph.finish() };
}

/** The window of the layers that have one; no architecture has two sizes. */
function windowOf(blocks: readonly Block[]): number | null {
  const windows = new Set(blocks.flatMap(({ attention }) => attention.window ?? []));
  if (windows.size > 1) throw unsupported('part for layers with windows of several sizes');
  return [...windows][0] ?? null;
}

/** One pair of tables for every kind of rotation the layers use, worked out once a run. */
function rotaryTablesOf(graph: GraphBuilder, positions: Value, blocks: readonly Block[]): Map<Rope, RotaryTables> {
  const ropes = new Set(blocks.flatMap(({ attention }) => (attention.rope === null ? [] : [attention.rope])));
  return new Map([...ropes].map((rope) => [rope, rotaryTables(graph, positions, rope)]));
}

/** [batch x time, width] */
function embed(graph: GraphBuilder, inputs: GraphInputs, { embedding, shape, width }: Decoder): Value {
  const look = (name: string, size: number, places: Value) => {
    const table = graph.weight(`${name}.weight`, [size, width]);
    return flatten(graph, graph.node('Gather', [table, places], { axis: 0 }), width);
  };
  const tokens = look(embedding.name, shape.vocabSize, inputs.ids);
  const scaled = embedding.scale === null ? tokens : graph.node('Mul', [tokens, graph.floats([embedding.scale], [1])]);
  if (embedding.positions === null) return scaled;
  return graph.node('Add', [scaled, look(embedding.positions, shape.maxLength, inputs.positions)]);
}

/**
 * The hidden states with what the block adds to them. Additions and norms are operators of their own: the runtime has both
 * in one, but slower on a CPU (measured: 1.7 times for root mean square, 4 times for layer norms).
 */
function addBlock(graph: GraphBuilder, hidden: Value, block: Block, place: AttentionPlace): Value {
  const { norms, isParallel } = block;
  const add = (a: Value, b: Value) => graph.node('Add', [a, b]);
  const normed = (x: Value, norm: Norm | null) => (norm === null ? x : normalise(graph, x, norm));

  const forAttention = normed(hidden, norms.beforeAttention);
  const attention = normed(selfAttention(graph, forAttention, block.attention, place), norms.afterAttention);
  if (isParallel) {
    const input = norms.beforeFeedForward === null ? forAttention : normed(hidden, norms.beforeFeedForward);
    return add(hidden, add(attention, feedForward(graph, input, block.feedForward)));
  }
  const attended = add(hidden, attention);
  const fed = feedForward(graph, normed(attended, norms.beforeFeedForward), block.feedForward);
  return add(attended, normed(fed, norms.afterFeedForward));
}
