/**
 * A weight of the base model and what an adapter makes of it, as nodes over constants: the runtime computes them once while it
 * loads the graph, so that a forward pass costs what the base model's costs.
 */
import type { Adaptation, LowRank } from '../weights/adaptation.ts';
import type { TensorPlace } from '../weights/tensor-place.ts';
import type { GraphBuilder, Value } from './graph-builder.ts';
import { Float } from './onnx-writer.ts';

/** @param part loads one tensor of the adapter as fp32, under the base weight's name and a suffix */
export function adaptWeight(
  graph: GraphBuilder,
  base: Value,
  adaptation: Adaptation,
  part: (suffix: string, place: TensorPlace) => Value,
): Value {
  switch (adaptation.kind) {
    case 'sum': {
      const addend = graph.node('Mul', [part('addend', adaptation.addend), graph.floats([adaptation.scale], [1])]);
      return graph.node('Add', [base, addend]);
    }
    case 'rows': {
      const { rows, indices } = adaptation;
      return graph.node('ScatterND', [base, graph.integers(indices, [indices.length, 1]), part('rows', rows)]);
    }
    case 'low-rank':
      return lowRank(graph, base, adaptation, part);
  }
}

/** One Gemm makes W + scale x B A without a large matrix in between; DoRA (arXiv:2402.09353, equation 5) then sets the lengths. */
function lowRank(
  graph: GraphBuilder,
  base: Value,
  { a, b, scale, isInputsFirst, magnitude }: LowRank,
  part: (suffix: string, place: TensorPlace) => Value,
): Value {
  const [down, up] = [part('lora_a', a), part('lora_b', b)];
  const alpha = new Float(scale);
  const sum = isInputsFirst
    ? graph.node('Gemm', [down, up, base], { alpha, transA: 1, transB: 1 })
    : graph.node('Gemm', [up, down, base], { alpha });
  if (magnitude === null) return sum;
  const length = graph.node('ReduceL2', [sum, graph.integers([isInputsFirst ? 0 : 1])], { keepdims: 1 });
  const wanted = graph.node('Reshape', [
    part('magnitude', magnitude),
    graph.integers(isInputsFirst ? [1, -1] : [-1, 1]),
  ]);
  return graph.node('Mul', [sum, graph.node('Div', [wanted, length])]);
}
