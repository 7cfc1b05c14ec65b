/** A checkpoint directory -> config and weights, whether it holds a whole model or an adapter over a base model elsewhere. */
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { LibraError } from '../domain/errors.ts';
import { parseTolerantJson } from '../system/json.ts';
import { type RawConfig, recordOf } from './graph/model-config.ts';
import { findWeights } from './weights/find-weights.ts';
import type { Weights } from './weights/tensor-place.ts';

export interface OpenCheckpoint {
  readonly config: RawConfig;
  readonly weights: Weights;
  /** Where to look for anything but weights, best first: the adapter's own directory, then its base's. */
  readonly directories: readonly string[];
}

/**
 * @param baseModel directory or repository of an adapter's base, instead of the one its own configuration names
 * @throws LibraError LIBRA_CHECKPOINT_INVALID, LIBRA_BASE_MODEL_MISSING, LIBRA_ARCHITECTURE_UNSUPPORTED
 */
export async function openCheckpoint(checkpoint: string, baseModel: string | null): Promise<OpenCheckpoint> {
  const directory = resolve(checkpoint);
  if (!(await isAdapter(directory))) {
    const config = await readConfig(join(directory, 'config.json'));
    return { config, weights: await findWeights(directory), directories: [directory] };
  }
  // What reads adapters is needed by few and takes a while to load.
  const { openAdapter } = await import('./open-adapter.ts');
  return openAdapter(directory, baseModel);
}

/** A directory with weights of its own is a model, whatever else lies in it. */
export async function isAdapter(directory: string): Promise<boolean> {
  const names = await readdir(directory).catch(() => [] as string[]);
  return names.includes('adapter_config.json') && !names.some((name) => /^(?:pytorch_)?model[.-]/.test(name));
}

export async function readConfig(file: string): Promise<RawConfig> {
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
    hint: 'Name a Hugging Face checkpoint directory (config.json, model.safetensors, tokenizer.json) or a PEFT adapter.',
    cause,
  });
}
