/** Parts that decoder architectures are put together from. Hidden states are kept as [batch x time, width] between them. */
import type { GraphBuilder, Value } from './graph-builder.ts';
import { Float } from './onnx-writer.ts';

/** x W^T (+ bias) for `x` [n, inputs]; Hugging Face stores W as [outputs, inputs], so nothing is transposed or copied. */
export function linear(
  graph: GraphBuilder,
  x: Value,
  name: string,
  size: { readonly inputs: number; readonly outputs: number; readonly bias: boolean },
): Value {
  const weight = graph.weight(`${name}.weight`, [size.outputs, size.inputs]);
  const operands = size.bias ? [x, weight, graph.weight(`${name}.bias`, [size.outputs])] : [x, weight];
  return graph.node('Gemm', operands, { transB: 1 });
}

/** Root-mean-square normalisation over the last axis. */
export function rmsNorm(graph: GraphBuilder, x: Value, name: string, width: number, epsilon: number): Value {
  const scale = graph.weight(`${name}.weight`, [width]);
  return graph.node('SimplifiedLayerNormalization', [x, scale], { axis: -1, epsilon: new Float(epsilon) });
}

/** down(silu(gate(x)) * up(x)): the feed-forward of Llama and most of its descendants. */
export function gatedFeedForward(
  graph: GraphBuilder,
  x: Value,
  name: string,
  size: { readonly width: number; readonly inner: number; readonly bias: boolean },
): Value {
  const widen = { inputs: size.width, outputs: size.inner, bias: size.bias };
  const gate = linear(graph, x, `${name}.gate_proj`, widen);
  const up = linear(graph, x, `${name}.up_proj`, widen);
  // QuickGelu with alpha 1 is x * sigmoid(x) in one pass.
  const active = graph.node('QuickGelu', [gate], { alpha: new Float(1) }, 'com.microsoft');
  const product = graph.node('Mul', [active, up]);
  return linear(graph, product, `${name}.down_proj`, { inputs: size.inner, outputs: size.width, bias: size.bias });
}

/** [batch x time, width] -> [batch, time, width], `batchAndTime` being int64[2]. */
export function unflatten(graph: GraphBuilder, x: Value, batchAndTime: Value, width: number): Value {
  const shape = graph.node('Concat', [batchAndTime, graph.integers([width])], { axis: 0 });
  return graph.node('Reshape', [x, shape]);
}

export function flatten(graph: GraphBuilder, x: Value, width: number): Value {
  return graph.node('Reshape', [x, graph.integers([-1, width])]);
}
