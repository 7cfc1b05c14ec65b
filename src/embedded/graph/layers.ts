/** Parts that decoders are put together from. Hidden states are kept as [batch x time, width] between them. */
import type { FeedForward, Linear, Norm } from './decoder.ts';
import type { GraphBuilder, Value } from './graph-builder.ts';
import { Float } from './onnx-writer.ts';

/** scale (x W^T + bias) for `x` [n, inputs]; the weight is used as it lies in the file, so nothing is transposed or copied. */
export function linear(graph: GraphBuilder, x: Value, layer: Linear): Value {
  const { name, inputs, outputs, bias, inputsFirst, scale } = layer;
  const weight = graph.weight(`${name}.weight`, inputsFirst ? [inputs, outputs] : [outputs, inputs]);
  const operands = bias ? [x, weight, graph.weight(`${name}.bias`, [outputs])] : [x, weight];
  const scaled = scale === undefined ? {} : { alpha: new Float(scale), beta: new Float(scale) };
  return graph.node('Gemm', operands, { transB: inputsFirst ? 0 : 1, ...scaled });
}

/** `x` [..., norm.width] normalised over its last axis. */
export function normalise(graph: GraphBuilder, x: Value, norm: Norm): Value {
  const { kind, name, width, epsilon, bias, plusOne } = norm;
  const plain = name === null ? ones(graph, width) : graph.weight(`${name}.weight`, [width]);
  // Constant, so the runtime adds once.
  const scale = plusOne ? graph.node('Add', [plain, graph.floats([1], [1])]) : plain;
  const weights = bias && name !== null ? [scale, graph.weight(`${name}.bias`, [width])] : [scale];
  const op = kind === 'rms' ? 'SimplifiedLayerNormalization' : 'LayerNormalization';
  return graph.node(op, [x, ...weights], { axis: -1, epsilon: new Float(epsilon) });
}

export function feedForward(graph: GraphBuilder, x: Value, layer: FeedForward): Value {
  if (layer.kind === 'plain') return linear(graph, layer.activation(graph, linear(graph, x, layer.up)), layer.down);
  const [gate = '', up = ''] =
    layer.kind === 'gated'
      ? [linear(graph, x, layer.gate), linear(graph, x, layer.up)]
      : graph.nodes('Split', 2, [linear(graph, x, layer.gateUp)], { axis: 1, num_outputs: 2 });
  return linear(graph, graph.node('Mul', [layer.activation(graph, gate), up]), layer.down);
}

/** cap x tanh(x / cap) */
export function softcapped(graph: GraphBuilder, x: Value, cap: number | null): Value {
  if (cap === null) return x;
  const small = graph.node('Tanh', [graph.node('Div', [x, graph.floats([cap], [1])])]);
  return graph.node('Mul', [small, graph.floats([cap], [1])]);
}

/** batch x time x width numbers of any shape -> [batch, time, width], `batchAndTime` being int64[2]. */
export function unflatten(graph: GraphBuilder, x: Value, batchAndTime: Value, width: number): Value {
  const shape = graph.node('Concat', [batchAndTime, graph.integers([width])], { axis: 0 });
  return graph.node('Reshape', [x, shape]);
}

export function flatten(graph: GraphBuilder, x: Value, width: number): Value {
  return graph.node('Reshape', [x, graph.integers([-1, width])]);
}

function ones(graph: GraphBuilder, width: number): Value {
  return graph.floats(new Float32Array(width).fill(1), [width]);
}
