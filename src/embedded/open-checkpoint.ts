/** A checkpoint directory -> config and weights, whether it holds a whole model or an adapter over a base model elsewhere. */
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { LibraError } from '../domain/errors.ts';
import { findBaseModel } from '../system/base-model.ts';
import { parseTolerantJson } from '../system/json.ts';
import { type RawConfig, recordOf } from './graph/model-config.ts';
import { adaptWeights } from './weights/adapt-weights.ts';
import { ADAPTER_CONFIG, type AdapterConfig, readAdapterConfig } from './weights/adapter-config.ts';
import { findWeights, firstFile, readWeightFile } from './weights/find-weights.ts';
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
  const adapter = await readAdapterConfig(directory);
  const base = await baseOf(directory, adapter, baseModel);
  const file = await firstFile(directory, ['adapter_model.safetensors', 'adapter_model.bin']);
  if (file === null) {
    throw new LibraError(
      'LIBRA_CHECKPOINT_INVALID',
      `${directory} has ${ADAPTER_CONFIG}, but no adapter_model.safetensors`,
      {
        hint: 'Wait until the trainer has finished writing it, or save the adapter again.',
      },
    );
  }
  const tensors = await readWeightFile(join(directory, file));
  const adapted = adaptWeights(await readConfig(join(base, 'config.json')), await findWeights(base), adapter, tensors);
  return { ...adapted, directories: [directory, base] };
}

/** A directory with weights of its own is a model, whatever else lies in it. */
async function isAdapter(directory: string): Promise<boolean> {
  const names = await readdir(directory).catch(() => [] as string[]);
  return names.includes(ADAPTER_CONFIG) && !names.some((name) => /^(?:pytorch_)?model[.-]/.test(name));
}

async function baseOf(directory: string, adapter: AdapterConfig, baseModel: string | null): Promise<string> {
  const name = baseModel ?? adapter.base_model_name_or_path;
  if (name === null || name === undefined || name === '') {
    throw new LibraError('LIBRA_BASE_MODEL_MISSING', `${join(directory, ADAPTER_CONFIG)} names no base model`, {
      hint: 'Name its directory: --base-model DIR, or base in the entry of runs.',
    });
  }
  const base = await findBaseModel(name, {
    near: directory,
    revision: baseModel === null ? (adapter.revision ?? null) : null,
  });
  if (!(await isAdapter(base))) return base;
  throw new LibraError('LIBRA_ARCHITECTURE_UNSUPPORTED', `the base model ${base} is an adapter itself`, {
    hint: 'Merge that adapter into its base (merge_and_unload of PEFT) and name the result with --base-model.',
  });
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
    hint: 'Name a Hugging Face checkpoint directory (config.json, model.safetensors, tokenizer.json) or a PEFT adapter.',
    cause,
  });
}
