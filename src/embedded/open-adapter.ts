/** An adapter's directory -> config and weights of its base model, with what the adapter makes of them. */
import { join } from 'node:path';
import { LibraError } from '../domain/errors.ts';
import { findBaseModel } from '../system/base-model.ts';
import { isAdapter, type OpenCheckpoint, readConfig } from './open-checkpoint.ts';
import { adaptWeights } from './weights/adapt-weights.ts';
import { ADAPTER_CONFIG, type AdapterConfig, readAdapterConfig } from './weights/adapter-config.ts';
import { findWeights, firstFile, readWeightFile } from './weights/find-weights.ts';

/** @throws LibraError as `openCheckpoint` */
export async function openAdapter(directory: string, baseModel: string | null): Promise<OpenCheckpoint> {
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
