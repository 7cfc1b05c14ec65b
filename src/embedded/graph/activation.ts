/** Activations by the names that configs give them, each in as few passes over the numbers as the runtime can do it. */
import type { GraphBuilder, Value } from './graph-builder.ts';
import { type RawConfig, unsupported } from './model-config.ts';
import { Float } from './onnx-writer.ts';

export type Activation = (graph: GraphBuilder, x: Value) => Value;

/** x * sigmoid(alpha x) in one pass. */
const sigmoidLinear =
  (alpha: number): Activation =>
  (graph, x) =>
    graph.node('QuickGelu', [x], { alpha: new Float(alpha) }, 'com.microsoft');
const exactGelu: Activation = (graph, x) => graph.node('Gelu', [x], { approximate: 'none' });
/** Of the published forms of this approximation only the rounding of sqrt(2 / pi) differs. */
const tanhGelu: Activation = (graph, x) => graph.node('Gelu', [x], { approximate: 'tanh' });
const clipped = (graph: GraphBuilder, x: Value, low: number, high: number) =>
  graph.node('Clip', [x, graph.floats([low], []), graph.floats([high], [])]);

const ACTIVATIONS: ReadonlyMap<string, Activation> = new Map<string, Activation>([
  ['silu', sigmoidLinear(1)],
  ['swish', sigmoidLinear(1)],
  ['quick_gelu', sigmoidLinear(1.702)],
  ['gelu', exactGelu],
  ['gelu_python', exactGelu],
  ['gelu_10', (graph, x) => clipped(graph, exactGelu(graph, x), -10, 10)],
  ['gelu_new', tanhGelu],
  ['gelu_fast', tanhGelu],
  ['gelu_accurate', tanhGelu],
  ['gelu_pytorch_tanh', tanhGelu],
  ['gelu_python_tanh', tanhGelu],
  ['relu', (graph, x) => graph.node('Relu', [x])],
  [
    'relu2',
    (graph, x) => {
      const positive = graph.node('Relu', [x]);
      return graph.node('Mul', [positive, positive]);
    },
  ],
  ['relu6', (graph, x) => clipped(graph, x, 0, 6)],
  ['sigmoid', (graph, x) => graph.node('Sigmoid', [x])],
  ['tanh', (graph, x) => graph.node('Tanh', [x])],
  ['mish', (graph, x) => graph.node('Mish', [x])],
  ['linear', (_graph, x) => x],
]);

export const ACTIVATION_NAMES: readonly string[] = [...ACTIVATIONS.keys()];

/** @throws LibraError LIBRA_ARCHITECTURE_UNSUPPORTED, naming the activation that is not known */
export function activationOf(config: RawConfig, field = 'hidden_act'): Activation {
  const name = config[field];
  const activation = typeof name === 'string' ? ACTIVATIONS.get(name) : undefined;
  if (activation !== undefined) return activation;
  throw unsupported(`activation ${JSON.stringify(name) ?? 'without a name'} (${field} of config.json)`);
}
