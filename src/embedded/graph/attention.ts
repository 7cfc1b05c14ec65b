/** Attention with its key-value cache: the one place that knows how the runtime is asked for it. */
import type { GraphBuilder, Value } from './graph-builder.ts';
import { type GraphInputs, type ModelShape, pastOf, presentOf } from './model-graph.ts';
import { Float } from './onnx-writer.ts';

export interface AttentionSetting extends ModelShape {
  readonly layer: number;
  /** Query heads, a multiple of `kvHeads`. */
  readonly heads: number;
  /** What scores are multiplied by; 1 / sqrt(headDim) by default. */
  readonly scale?: number | null;
  /** Scores become cap x tanh(score / cap) before the mask (Gemma 2). */
  readonly softcap?: number | null;
  /** Tokens a query may look back, itself included: key position > query position - window. Null or left out for all. */
  readonly window?: number | null;
}

/**
 * softmax(Q K^T x scale + mask) V over the cached keys and this run's.
 * @param parts query [batch, time, heads x headDim]; key and value [batch, time, kvHeads x headDim]; already rotated
 * @returns [batch, time, heads x headDim]
 */
export function attend(
  graph: GraphBuilder,
  inputs: GraphInputs,
  setting: AttentionSetting,
  parts: { readonly query: Value; readonly key: Value; readonly value: Value },
): Value {
  const { layer, heads, kvHeads, scale, softcap, window } = setting;
  const past = pastOf(graph, layer, setting);
  const mask = window == null ? inputs.mask : windowMask(graph, inputs, past.key, window);
  const [mixed = '', presentKey = '', presentValue = ''] = graph.nodes(
    'Attention',
    3,
    [parts.query, parts.key, parts.value, mask, past.key, past.value],
    {
      q_num_heads: heads,
      kv_num_heads: kvHeads,
      ...(scale != null && { scale: new Float(scale) }),
      ...(softcap != null && { softcap: new Float(softcap) }),
    },
  );
  presentOf(graph, layer, setting, presentKey, presentValue);
  return mixed;
}

/** Masks made so far: layers with the same window share one. */
const windowMasks = new WeakMap<GraphBuilder, Map<number, Value>>();

/** The mask with everything hidden that lies a window or more behind the query. */
function windowMask(graph: GraphBuilder, inputs: GraphInputs, pastKey: Value, window: number): Value {
  const known = windowMasks.get(graph) ?? new Map<number, Value>();
  windowMasks.set(graph, known);
  const mask = known.get(window) ?? makeWindowMask(graph, inputs, pastKey, window);
  known.set(window, mask);
  return mask;
}

/** The tokens of the past lie side by side in front of a row's first one, so their positions follow from its own. */
function makeWindowMask(graph: GraphBuilder, inputs: GraphInputs, pastKey: Value, window: number): Value {
  const whole = (values: readonly number[], shape?: readonly number[]) => graph.integers(values, shape);
  const positions = graph.node('Cast', [inputs.positions], { to: 7 });
  const first = graph.node('Slice', [positions, whole([0]), whole([1]), whole([1])]);
  const pastSize = graph.node('Gather', [graph.node('Shape', [pastKey]), whole([2], [])], { axis: 0 });
  const zero = whole([0], []);
  const range = graph.node('Range', [graph.node('Sub', [zero, pastSize]), zero, whole([1], [])]);
  const keys = graph.node('Concat', [graph.node('Add', [first, range]), positions], { axis: 1 });
  const behind = graph.node('Sub', [
    graph.node('Unsqueeze', [positions, whole([1, 3])]),
    graph.node('Unsqueeze', [keys, whole([1, 2])]),
  ]);
  const isSeen = graph.node('Less', [behind, whole([window], [1])]);
  return graph.node('Where', [isSeen, inputs.mask, graph.floats([Number.NEGATIVE_INFINITY], [1])]);
}
