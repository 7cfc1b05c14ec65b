/** Every architecture the embedded engine can build, by the `model_type` of config.json. */
import { LibraError } from '../../domain/errors.ts';
import type { Weights } from '../weights/tensor-place.ts';
import { buildLlama } from './llama.ts';
import type { RawConfig } from './model-config.ts';
import type { ModelGraph } from './model-graph.ts';

export type BuildGraph = (config: RawConfig, weights: Weights, locate: (file: string) => string) => ModelGraph;

const ARCHITECTURES: ReadonlyMap<string, BuildGraph> = new Map([['llama', buildLlama]]);

/** `model_type`s of all of them. */
export const MODEL_TYPES: readonly string[] = [...ARCHITECTURES.keys()];

/** @throws LibraError LIBRA_ARCHITECTURE_UNSUPPORTED, naming the model_type and what to use instead */
export function architectureOf(config: RawConfig): BuildGraph {
  const build = ARCHITECTURES.get(String(config.model_type));
  if (build !== undefined) return build;
  const known = [...ARCHITECTURES.keys()].join(', ');
  throw new LibraError(
    'LIBRA_ARCHITECTURE_UNSUPPORTED',
    `the embedded engine cannot run model_type "${String(config.model_type)}" (it can: ${known})`,
    { hint: 'Serve this checkpoint with vLLM or another OpenAI-compatible server and pass --engine http://host:port.' },
  );
}
