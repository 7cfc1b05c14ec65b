/**
 * Attention over cached keys and values: the one place that knows how the runtime is asked for it. Reading uses the runtime's own
 * operator. Decoding is put together from matrix products, because that operator copies the whole cache at every token; here the
 * cache is only read, and the caller writes the new token's keys and values behind it.
 */
import type { GraphBuilder, Value } from './graph-builder.ts';
import { type GraphInputs, keepOf, type ModelShape, pastOf } from './model-graph.ts';
import { Float } from './onnx-writer.ts';

export interface AttentionSetting extends ModelShape {
  readonly layer: number;
  /** Query heads, a multiple of `kvHeads`. */
  readonly heads: number;
  /** What scores are multiplied by; 1 / sqrt(headDim) by default. */
  readonly scale?: number | null;
  /** Scores become cap x tanh(score / cap) before the mask (Gemma 2). */
  readonly softcap?: number | null;
  /** Tokens this layer looks back, the token itself included; null for all. */
  readonly window?: number | null;
}

/** query [batch, time, heads x headDim]; key and value [batch, time, kvHeads x headDim]; rotated already. */
export interface AttentionParts {
  readonly query: Value;
  readonly key: Value;
  readonly value: Value;
}

/**
 * softmax(Q K^T x scale + mask) V over the past and this run's tokens.
 * @returns [batch, time, heads x headDim]
 */
export function attend(
  graph: GraphBuilder,
  inputs: GraphInputs,
  setting: AttentionSetting,
  parts: AttentionParts,
): Value {
  const { layer, heads, headDim, window } = setting;
  const past = pastOf(graph, layer, setting);
  const mask = window == null ? inputs.mask : inputs.windowMask();
  keepOf(graph, layer, setting, parts.key, parts.value);
  return graph.either(
    inputs.decoding,
    ['batch', 'time', heads * headDim],
    () => decode(graph, setting, parts, past, mask),
    () => read(graph, setting, parts, past, mask),
  );
}

type Past = ReturnType<typeof pastOf>;

function read(graph: GraphBuilder, setting: AttentionSetting, parts: AttentionParts, past: Past, mask: Value): Value {
  const { heads, kvHeads, scale, softcap } = setting;
  // The past must be given with its updated form as results, though nobody reads them.
  const [mixed = ''] = graph.nodes('Attention', 3, [parts.query, parts.key, parts.value, mask, past.key, past.value], {
    q_num_heads: heads,
    kv_num_heads: kvHeads,
    ...(scale != null && { scale: new Float(scale) }),
    ...(softcap != null && { softcap: new Float(softcap) }),
  });
  return mixed;
}

/** One token a sequence. Query heads that share a key head are the rows of one small product. */
function decode(graph: GraphBuilder, setting: AttentionSetting, parts: AttentionParts, past: Past, mask: Value): Value {
  const { heads, kvHeads, headDim, softcap } = setting;
  const scale = setting.scale ?? 1 / Math.sqrt(headDim);
  const sized = (value: Value, ...sizes: number[]) => graph.node('Reshape', [value, graph.integers([0, ...sizes])]);
  const capped = (scores: Value) => {
    if (softcap == null) return scores;
    const cap = graph.floats([softcap], [1]);
    return graph.node('Mul', [graph.node('Tanh', [graph.node('Div', [scores, cap])]), cap]);
  };
  const scoresOf = (keys: Value) =>
    capped(graph.node('FusedMatMul', [query, keys], { transB: 1, alpha: new Float(scale) }, 'com.microsoft'));

  const query = sized(parts.query, kvHeads, heads / kvHeads, headDim);
  const own = { key: sized(parts.key, kvHeads, 1, headDim), value: sized(parts.value, kvHeads, 1, headDim) };
  const before = graph.node('Add', [scoresOf(past.key), mask]);
  const weights = graph.node('Softmax', [graph.node('Concat', [before, scoresOf(own.key)], { axis: 3 })], { axis: -1 });
  // The last column is the token itself.
  const part = (from: number, to: number) =>
    graph.node('Slice', [weights, graph.integers([from]), graph.integers([to]), graph.integers([3])]);
  const fromPast = graph.node('MatMul', [part(0, -1), past.value]);
  const fromOwn = graph.node('Mul', [part(-1, END), own.value]);
  return sized(graph.node('Add', [fromPast, fromOwn]), 1, heads * headDim);
}

/** Past the end of every axis. */
const END = 2 ** 31 - 1;
