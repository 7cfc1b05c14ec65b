/** A checkpoint directory -> a loaded model. Nothing is written in the checkpoint, and no weight is copied if links work. */
import { readFile, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { LibraError } from '../domain/errors.ts';
import { parseTolerantJson } from '../system/json.ts';
import { architectureOf } from './graph/build-model.ts';
import { type RawConfig, recordOf } from './graph/model-config.ts';
import type { ModelShape } from './graph/model-graph.ts';
import { writeModel } from './graph/onnx-writer.ts';
import { type Limits, limitsFor } from './limits.ts';
import { estimateMemory, requireMemory } from './memory.ts';
import { Runtime } from './runtime.ts';
import { findWeights } from './weights/find-weights.ts';
import { elementsOf, type Weights } from './weights/tensor-place.ts';
import { openWorkDirectory } from './work-directory.ts';

export interface LoadOptions {
  /** Parent of the temporary directory for the graph and the links; null for the system's. */
  readonly workDirectory: string | null;
  /** Compute threads; null chooses by the size of the model. */
  readonly threads: number | null;
  /** Shorter limit on sequences than the model's own; null for the model's. */
  readonly maxLength: number | null;
}

export interface Model {
  readonly runtime: Runtime;
  readonly limits: Limits;
  readonly config: RawConfig;
  /** Number of weights. */
  readonly parameters: number;
}

/**
 * @throws LibraError LIBRA_CHECKPOINT_INVALID, LIBRA_ARCHITECTURE_UNSUPPORTED, LIBRA_MEMORY_SHORT, or LIBRA_ENGINE_FAILED when
 * the runtime refuses the graph
 */
export async function loadModel(checkpoint: string, options: LoadOptions): Promise<Model> {
  const directory = resolve(checkpoint);
  const config = await readConfig(join(directory, 'config.json'));
  const build = architectureOf(config);
  const weights = await findWeights(directory);
  const made = build(config, weights, (file) => basename(file));
  const shape = {
    ...made.shape,
    maxLength: Math.min(made.shape.maxLength, options.maxLength ?? Number.POSITIVE_INFINITY),
  };
  const parameters = parametersOf(weights);
  const limits = limitsFor(shape, parameters);
  requireMemory(estimateFor(weights, shape, limits), process.availableMemory());

  const work = await openWorkDirectory(options.workDirectory);
  try {
    for (const file of new Set([...weights.values()].map((place) => place.file)))
      await work.bring(file, basename(file));
    const modelFile = join(work.path, 'model.onnx');
    await writeFile(modelFile, writeModel(made.graph));
    const runtime = await Runtime.load(modelFile, shape, { threads: options.threads, parameters }).catch((cause) => {
      throw new LibraError('LIBRA_ENGINE_FAILED', `the runtime refused ${directory}: ${firstLine(cause)}`, {
        hint: 'Serve this checkpoint with vLLM and pass --engine http://host:port, and report this message.',
        cause,
      });
    });
    return { runtime, limits, config, parameters };
  } finally {
    await work.remove();
  }
}

async function readConfig(file: string): Promise<RawConfig> {
  try {
    const config = recordOf(parseTolerantJson(await readFile(file, 'utf8')));
    if (config !== null) return config;
  } catch (cause) {
    throw noConfig(file, cause);
  }
  throw noConfig(file);
}

function noConfig(file: string, cause?: unknown): LibraError {
  return new LibraError('LIBRA_CHECKPOINT_INVALID', `${file} is missing or not a JSON object`, {
    hint: 'Name a Hugging Face checkpoint directory (config.json, model.safetensors, tokenizer.json).',
    cause,
  });
}

function parametersOf(weights: Weights): number {
  let total = 0;
  for (const place of weights.values()) total += elementsOf(place.shape);
  return total;
}

function estimateFor(weights: Weights, shape: ModelShape, limits: Limits) {
  // The widest matrix that is not the vocabulary decides how wide the hidden states get.
  let widest = 0;
  for (const { shape: sizes } of weights.values()) {
    if (!sizes.includes(shape.vocabSize)) widest = Math.max(widest, ...sizes);
  }
  const perToken = 2 * shape.layers * shape.kvHeads * shape.headDim;
  return estimateMemory(weights, widest, {
    tokens: limits.tokens,
    distributions: limits.rows * shape.vocabSize,
    cache: perToken * Math.min(2 * limits.cacheTokens, 4 * shape.maxLength),
  });
}

function firstLine(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).split('\n')[0] ?? '';
}
