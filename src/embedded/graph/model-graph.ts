/** What every architecture shares: the inputs and outputs of its graph, by name, and the sizes that the batches need. */
import type { GraphBuilder, Value } from './graph-builder.ts';
import type { OnnxGraph } from './onnx-writer.ts';

/** The sizes a batch has to know. */
export interface ModelShape {
  readonly layers: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly vocabSize: number;
  /** Longest sequence in tokens that the positions were made for. */
  readonly maxLength: number;
  /** Tokens that windowed layers look back, the token itself included; null when all layers see everything. */
  readonly window?: number | null;
}

export interface ModelGraph {
  readonly shape: ModelShape;
  readonly graph: OnnxGraph;
}

/**
 * A run either reads (whole rows of tokens, possibly behind one shared past) or decodes (one token a sequence, each behind its own
 * past). Numbers are 32-bit where JavaScript fills them: 64-bit arrays need a BigInt an element.
 */
export interface GraphInputs {
  /** int32[batch, time]; time is 1 while decoding. */
  readonly ids: Value;
  /** int32[batch, time] */
  readonly positions: Value;
  /** bool[]: decode instead of read. */
  readonly decoding: Value;
  /** Added to attention scores, 0 or -Infinity. Reading: float32[batch, 1, time, past + time]; decoding: [batch, 1, 1, past]. */
  readonly mask: Value;
  /** The same for layers that look back a window only. */
  readonly windowMask: () => Value;
  /** int32[rows]: places in [batch x time] whose next-token distribution is wanted. */
  readonly rows: Value;
  /** int32[asks]: index into `rows` of each question. */
  readonly askRows: Value;
  /** int32[asks]: the token whose log-probability is wanted there. */
  readonly targets: Value;
  /** int32[ranked]: questions whose target's rank is wanted too. */
  readonly ranked: Value;
  /** int64[1]: how many of the most probable tokens to name. */
  readonly top: Value;
}

export function graphInputs(graph: GraphBuilder): GraphInputs {
  const mask = (name: string) => graph.input(name, 'float32', [`${name}_batch`, 1, `${name}_time`, `${name}_total`]);
  let windowMask: Value | null = null;
  return {
    ids: graph.input('ids', 'int32', ['batch', 'time']),
    positions: graph.input('positions', 'int32', ['batch', 'time']),
    decoding: graph.input('decoding', 'bool', []),
    mask: mask('mask'),
    windowMask: () => (windowMask ??= mask('window_mask')),
    rows: graph.input('rows', 'int32', ['rows']),
    askRows: graph.input('ask_rows', 'int32', ['asks']),
    targets: graph.input('targets', 'int32', ['asks']),
    ranked: graph.input('ranked', 'int32', ['ranked']),
    top: graph.input('top', 'int64', [1]),
  };
}

/** Keys and values of earlier tokens for one layer, each [batch, kvHeads, past, headDim]. */
export function pastOf(graph: GraphBuilder, layer: number, shape: ModelShape): { key: Value; value: Value } {
  const sizes = [`past_batch`, shape.kvHeads, 'past', shape.headDim];
  return {
    key: graph.input(`past_key_${layer}`, 'float32', sizes),
    value: graph.input(`past_value_${layer}`, 'float32', sizes),
  };
}

/** Keys and values of this run's tokens alone, each [batch, time, kvHeads x headDim]. */
export function keepOf(graph: GraphBuilder, layer: number, shape: ModelShape, key: Value, value: Value): void {
  const sizes = ['batch', 'time', shape.kvHeads * shape.headDim];
  graph.output(`key_${layer}`, key, 'float32', sizes);
  graph.output(`value_${layer}`, value, 'float32', sizes);
}
