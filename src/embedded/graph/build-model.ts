/** config.json and the places of the weights -> the graph of the whole model. */
import { LibraError } from '../../domain/errors.ts';
import type { Weights } from '../weights/tensor-place.ts';
import type { Architecture } from './architecture.ts';
import { ARCHITECTURES } from './architectures/index.ts';
import { buildDecoder } from './build-decoder.ts';
import { GraphBuilder } from './graph-builder.ts';
import { OTHER_ENGINES, type RawConfig, recordOf, unsupported } from './model-config.ts';
import type { ModelGraph } from './model-graph.ts';

export type BuildGraph = (config: RawConfig, weights: Weights, locate: (file: string) => string) => ModelGraph;

/**
 * The builder for this config. It throws LIBRA_ARCHITECTURE_UNSUPPORTED for a setting the engine has no part for, and
 * LIBRA_CHECKPOINT_INVALID when the weights are not those of the config.
 * @throws LibraError LIBRA_ARCHITECTURE_UNSUPPORTED, naming the model_type and what to use instead
 */
export function architectureOf(config: RawConfig): BuildGraph {
  const architecture = ARCHITECTURES.find(({ modelType }) => modelType === config.model_type);
  if (architecture === undefined) throw unknownType(config);
  refuseQuantised(config);
  return (raw, weights, locate) => {
    const graph = new GraphBuilder(weights, locate);
    return buildDecoder(graph, readDecoder(architecture, raw, graph));
  };
}

function readDecoder(architecture: Architecture, config: RawConfig, graph: GraphBuilder) {
  return architecture.read(config, (tensor) => graph.has(tensor));
}

function unknownType(config: RawConfig): LibraError {
  const known = ARCHITECTURES.map(({ modelType }) => modelType).join(', ');
  return new LibraError(
    'LIBRA_ARCHITECTURE_UNSUPPORTED',
    `the embedded engine cannot run model_type "${String(config.model_type)}" (it can: ${known})`,
    { hint: OTHER_ENGINES },
  );
}

function refuseQuantised(config: RawConfig): void {
  if (config.quantization_config == null) return;
  const method = recordOf(config.quantization_config)?.quant_method ?? 'an unnamed method';
  throw unsupported(`part for weights quantised by ${String(method)}`);
}
