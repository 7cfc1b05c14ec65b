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
  const { layer, heads, kvHeads, scale, softcap } = setting;
  const past = pastOf(graph, layer, setting);
  const [mixed = '', presentKey = '', presentValue = ''] = graph.nodes(
    'Attention',
    3,
    [parts.query, parts.key, parts.value, inputs.mask, past.key, past.value],
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
