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

/** 32-bit where JavaScript fills them (64-bit arrays need a BigInt an element). */
export interface GraphInputs {
  /** int32[batch, time] */
  readonly ids: Value;
  /** int32[batch, time] */
  readonly positions: Value;
  /** float32[batch, 1, time, past + time], added to the attention scores: 0 or -Infinity. */
  readonly mask: Value;
  /** int32[rows]: places in [batch x time] whose next-token distribution is wanted. */
  readonly rows: Value;
  /** int32[rows]: the token whose log-probability is wanted there. */
  readonly targets: Value;
  /** int32[ranked]: places in `rows` whose target's rank is wanted too. */
  readonly ranked: Value;
  /** int64[1]: how many of the most probable tokens to name. */
  readonly top: Value;
}

export function graphInputs(graph: GraphBuilder): GraphInputs {
  return {
    ids: graph.input('ids', 'int32', ['batch', 'time']),
    positions: graph.input('positions', 'int32', ['batch', 'time']),
    mask: graph.input('mask', 'float32', ['batch', 1, 'time', 'total']),
    rows: graph.input('rows', 'int32', ['rows']),
    targets: graph.input('targets', 'int32', ['rows']),
    ranked: graph.input('ranked', 'int32', ['ranked']),
    top: graph.input('top', 'int64', [1]),
  };
}

/** Keys and values of earlier tokens for one layer, each [batch, kvHeads, past, headDim]. */
export function pastOf(graph: GraphBuilder, layer: number, shape: ModelShape): { key: Value; value: Value } {
  const sizes = ['batch', shape.kvHeads, 'past', shape.headDim];
  return {
    key: graph.input(`past_key_${layer}`, 'float32', sizes),
    value: graph.input(`past_value_${layer}`, 'float32', sizes),
  };
}

/** Keys and values including this run's tokens, each [batch, kvHeads, past + time, headDim]. */
export function presentOf(graph: GraphBuilder, layer: number, shape: ModelShape, key: Value, value: Value): void {
  const sizes = ['batch', shape.kvHeads, 'total', shape.headDim];
  graph.output(`present_key_${layer}`, key, 'float32', sizes);
  graph.output(`present_value_${layer}`, value, 'float32', sizes);
}
