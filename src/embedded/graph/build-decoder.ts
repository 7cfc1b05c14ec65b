/** A decoder as data -> the nodes of its graph. */
import type { Block, Decoder } from './decoder.ts';
import type { GraphBuilder, Value } from './graph-builder.ts';
import { nextTokenOutputs, wantedRows } from './head.ts';
import { feedForward, flatten, linear, normalise, softcapped } from './layers.ts';
import { type GraphInputs, graphInputs, type ModelGraph } from './model-graph.ts';
import { ResidualStream } from './residual-stream.ts';
import { type Rope, type RotaryTables, rotaryTables } from './rope.ts';
import { type AttentionPlace, selfAttention } from './self-attention.ts';

/** @throws LibraError LIBRA_CHECKPOINT_INVALID when a weight is missing or not of the size the config asks for */
export function buildDecoder(graph: GraphBuilder, decoder: Decoder): ModelGraph {
  const { shape, blocks, finalNorm, head } = decoder;
  const inputs = graphInputs(graph);
  const batchAndTime = graph.node('Shape', [inputs.ids]);
  const tables = rotaryTablesOf(graph, inputs.positions, blocks);
  const stream = embed(graph, inputs, decoder);
  blocks.forEach((block, layer) => {
    const rotary = block.attention.rope === null ? null : (tables.get(block.attention.rope) ?? null);
    addBlock(graph, stream, block, { shape, layer, rotary, batchAndTime, inputs });
  });
  stream.narrow((value) => wantedRows(graph, value, inputs));
  const logits = softcapped(graph, linear(graph, stream.normalised(finalNorm), head.linear), head.softcap);
  nextTokenOutputs(graph, logits, inputs, shape.vocabSize);
  return { shape, graph: graph.finish() };
}

/** One pair of tables for every kind of rotation the layers use, worked out once a run. */
function rotaryTablesOf(graph: GraphBuilder, positions: Value, blocks: readonly Block[]): Map<Rope, RotaryTables> {
  const ropes = new Set(blocks.flatMap(({ attention }) => (attention.rope === null ? [] : [attention.rope])));
  return new Map([...ropes].map((rope) => [rope, rotaryTables(graph, positions, rope)]));
}

function embed(graph: GraphBuilder, inputs: GraphInputs, { embedding, shape, width }: Decoder): ResidualStream {
  const look = (name: string, size: number, places: Value) => {
    const table = graph.weight(`${name}.weight`, [size, width]);
    return flatten(graph, graph.node('Gather', [table, places], { axis: 0 }), width);
  };
  const tokens = look(embedding.name, shape.vocabSize, inputs.ids);
  const scaled = embedding.scale === null ? tokens : graph.node('Mul', [tokens, graph.floats([embedding.scale], [1])]);
  const stream = new ResidualStream(graph, scaled);
  if (embedding.positions !== null) stream.add(look(embedding.positions, shape.maxLength, inputs.positions));
  return stream;
}

function addBlock(graph: GraphBuilder, stream: ResidualStream, block: Block, place: AttentionPlace): void {
  const { norms } = block;
  const forAttention = norms.beforeAttention === null ? stream.read() : stream.normalised(norms.beforeAttention);
  const attended = selfAttention(graph, forAttention, block.attention, place);
  const attention = norms.afterAttention === null ? attended : normalise(graph, attended, norms.afterAttention);
  if (block.isParallel) {
    const input = norms.beforeFeedForward === null ? forAttention : stream.normalised(norms.beforeFeedForward);
    stream.add(graph.node('Add', [attention, feedForward(graph, input, block.feedForward)]));
    return;
  }
  stream.add(attention);
  const input = norms.beforeFeedForward === null ? stream.read() : stream.normalised(norms.beforeFeedForward);
  const fed = feedForward(graph, input, block.feedForward);
  stream.add(norms.afterFeedForward === null ? fed : normalise(graph, fed, norms.afterFeedForward));
}
