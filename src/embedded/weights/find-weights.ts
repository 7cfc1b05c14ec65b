/**
 * Which files make up a checkpoint's weights, by the rule of transformers: safetensors before torch.save files, one file before
 * shards that an index names. The index may name shards of either kind.
 */
import { readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { LibraError } from '../../domain/errors.ts';
import { readSafetensors } from './safetensors.ts';
import { withoutWrappers } from './tensor-names.ts';
import type { TensorPlace, Weights } from './tensor-place.ts';
import { readTorchFile } from './torch-file.ts';

const MODEL_FILES = [
  'model.safetensors',
  'model.safetensors.index.json',
  'pytorch_model.bin',
  'pytorch_model.bin.index.json',
];

/**
 * Every tensor of the checkpoint in `directory`.
 * @throws LibraError LIBRA_CHECKPOINT_INVALID when there are no weights, a shard is missing, or a file is broken
 */
export async function findWeights(directory: string): Promise<Weights> {
  const found = await firstFile(directory, MODEL_FILES);
  if (found === null) {
    throw invalid(`${directory} holds no weights (looked for ${MODEL_FILES.join(', ')})`);
  }
  if (!found.endsWith('.json')) return withoutWrappers(await readWeightFile(join(directory, found)));
  const index = join(directory, found);
  const weights = new Map<string, TensorPlace>();
  for (const shard of shardsOf(index, await readFile(index, 'utf8'))) {
    for (const [name, place] of await readWeightFile(join(directory, shard))) weights.set(name, place);
  }
  return withoutWrappers(weights);
}

/** Every tensor of one file, by the kind its name says. */
export function readWeightFile(file: string): Promise<Map<string, TensorPlace>> {
  return file.endsWith('.safetensors') ? readSafetensors(file) : readTorchFile(file);
}

/** The first of `names` that is a file in `directory`. */
export async function firstFile(directory: string, names: readonly string[]): Promise<string | null> {
  for (const name of names) {
    const entry = await stat(join(directory, name)).catch(() => null);
    if (entry?.isFile()) return name;
  }
  return null;
}

/** File names of an index, each once. A name that points out of the checkpoint is refused. */
function shardsOf(file: string, text: string): string[] {
  let index: { weight_map?: unknown };
  try {
    index = JSON.parse(text) as typeof index;
  } catch (cause) {
    throw invalid(`${file} is not JSON`, cause);
  }
  const map = index?.weight_map;
  if (typeof map !== 'object' || map === null) throw invalid(`${file} has no weight_map`);
  const shards = [...new Set(Object.values(map))];
  for (const shard of shards) {
    if (typeof shard !== 'string' || basename(shard) !== shard || !/\.(?:safetensors|bin|pt)$/.test(shard)) {
      throw invalid(`${file} names ${JSON.stringify(shard)} as a shard`);
    }
  }
  if (shards.length === 0) throw invalid(`${file} names no shards`);
  return shards as string[];
}

function invalid(message: string, cause?: unknown): LibraError {
  return new LibraError('LIBRA_CHECKPOINT_INVALID', message, {
    hint: 'Save the checkpoint again with its index and all shards beside each other.',
    cause,
  });
}
