/** Which files make up a checkpoint's weights: one model.safetensors, or shards named by model.safetensors.index.json. */
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { LibraError } from '../../domain/errors.ts';
import { readSafetensors } from './safetensors.ts';
import type { TensorPlace, Weights } from './tensor-place.ts';

const INDEX = 'model.safetensors.index.json';

/**
 * Every tensor of the checkpoint in `directory`.
 * @throws LibraError LIBRA_CHECKPOINT_INVALID when there are no safetensors, a shard is missing, or a header is broken
 */
export async function findWeights(directory: string): Promise<Weights> {
  const index = await readFile(join(directory, INDEX), 'utf8').catch(() => null);
  if (index === null) return readSafetensors(join(directory, 'model.safetensors'));
  const weights = new Map<string, TensorPlace>();
  for (const shard of shardsOf(join(directory, INDEX), index)) {
    for (const [name, place] of await readSafetensors(join(directory, shard))) weights.set(name, place);
  }
  return weights;
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
    if (typeof shard !== 'string' || basename(shard) !== shard || !shard.endsWith('.safetensors')) {
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
