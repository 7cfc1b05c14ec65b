/** A checkpoint directory -> a loaded model. Nothing is written in the checkpoint, and no weight is copied if links work. */
import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { LibraError } from '../domain/errors.ts';
import { architectureOf } from './graph/build-model.ts';
import type { RawConfig } from './graph/model-config.ts';
import type { ModelShape } from './graph/model-graph.ts';
import { writeModel } from './graph/onnx-writer.ts';
import { cachedPerToken, type Limits, limitsFor } from './limits.ts';
import { estimateMemory, loadedBytes, requireMemory } from './memory.ts';
import { openCheckpoint } from './open-checkpoint.ts';
import { Runtime } from './runtime.ts';
import { elementsOf, filesOf, type Weights } from './weights/tensor-place.ts';
import { openWorkDirectory } from './work-directory.ts';

export interface LoadOptions {
  /** Parent of the temporary directory for the graph and the links; null for the system's. */
  readonly workDirectory: string | null;
  /** Compute threads; null chooses by the size of the model. */
  readonly threads: number | null;
  /** Shorter limit on sequences than the model's own; null for the model's. */
  readonly maxLength: number | null;
  /** Base model of an adapter, a directory or a name in the Hugging Face cache; by default the one the adapter names. */
  readonly baseModel?: string | null;
}

export interface Model {
  readonly runtime: Runtime;
  readonly limits: Limits;
  readonly config: RawConfig;
  /** Number of weights. */
  readonly parameters: number;
  /** Where the tokenizer and other text settings are looked for, best first. */
  readonly directories: readonly string[];
}

/**
 * @throws LibraError LIBRA_CHECKPOINT_INVALID, LIBRA_BASE_MODEL_MISSING, LIBRA_ARCHITECTURE_UNSUPPORTED, LIBRA_MEMORY_SHORT, or LIBRA_ENGINE_FAILED when
 * the runtime refuses the graph
 */
export async function loadModel(checkpoint: string, options: LoadOptions): Promise<Model> {
  const { config, weights, directories } = await openCheckpoint(checkpoint, options.baseModel ?? null);
  const build = architectureOf(config);
  const links = linkNames(filesOf(weights));
  const made = build(config, weights, (file) => links.get(file) ?? basename(file));
  const shape = {
    ...made.shape,
    maxLength: Math.min(made.shape.maxLength, options.maxLength ?? Number.POSITIVE_INFINITY),
  };
  const parameters = parametersOf(weights);
  const free = process.availableMemory();
  const limits = limitsFor(shape, parameters, free - loadedBytes(parameters));
  requireMemory(estimateFor(weights, shape, limits), free);

  const work = await openWorkDirectory(options.workDirectory);
  try {
    for (const [file, name] of links) await work.bring(file, name);
    const modelFile = join(work.path, 'model.onnx');
    await writeFile(modelFile, writeModel(made.graph));
    const runtime = await Runtime.load(modelFile, shape, { threads: options.threads, parameters }).catch((cause) => {
      throw new LibraError('LIBRA_ENGINE_FAILED', `the runtime refused ${checkpoint}: ${firstLine(cause)}`, {
        hint: 'Serve this checkpoint with vLLM and pass --engine http://host:port, and report this message.',
        cause,
      });
    });
    return { runtime, limits, config, parameters, directories };
  } finally {
    await work.remove();
  }
}

/** A name for each file in the graph's directory; files of different directories may be called the same. */
function linkNames(files: ReadonlySet<string>): ReadonlyMap<string, string> {
  return new Map([...files].map((file, index) => [file, `${index}-${basename(file)}`]));
}

function parametersOf(weights: Weights): number {
  let total = 0;
  for (const place of weights.values()) total += elementsOf(place.shape);
  return total;
}

/** Numbers that an adapter's result takes beside its base while the runtime computes it; lengths of DoRA take as many again. */
function foldedOf(weights: Weights): number {
  let total = 0;
  for (const { adaptation, shape } of weights.values()) {
    if (adaptation === undefined) continue;
    const copies = adaptation.kind === 'low-rank' && adaptation.magnitude !== null ? 2 : 1;
    total += copies * elementsOf(shape);
  }
  return total;
}

function estimateFor(weights: Weights, shape: ModelShape, limits: Limits) {
  // The widest matrix that is not the vocabulary decides how wide the hidden states get.
  let widest = 0;
  for (const { shape: sizes } of weights.values()) {
    if (!sizes.includes(shape.vocabSize)) widest = Math.max(widest, ...sizes);
  }
  return estimateMemory(weights, widest, {
    tokens: limits.tokens,
    distributions: limits.rows * shape.vocabSize,
    // One sequence of full length always has to fit; more are decoded together only where memory is left.
    cache: cachedPerToken(shape) * shape.maxLength + foldedOf(weights),
  });
}

function firstLine(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).split('\n')[0] ?? '';
}
