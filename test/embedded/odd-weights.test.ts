/** Weights that lie anywhere in a file, under wrapped names and among buffers nobody asks for, give the same numbers. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadEngine } from '../../src/embedded/engine.ts';
import { readSafetensors } from '../../src/embedded/weights/safetensors.ts';
import { recordedWeights } from './recorded/weights.ts';
import { safetensorsOf } from './seeded-adapter.ts';
import { writeSeeded } from './seeded-checkpoint.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const LOAD = { workDirectory: null, threads: 1, maxLength: null };

async function scoresOf(directory: string): Promise<number[]> {
  const engine = await loadEngine(directory, LOAD);
  const { sequence } = recordedWeights;
  const docs = [{ context: sequence.slice(0, 1), continuations: [sequence.slice(1)] }];
  return [...((await engine.scorer.score(docs))[0]?.[0]?.logprobs ?? [])];
}

interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly bytes: Buffer;
}

/** Rewrites the checkpoint's one weight file with `change` made to its tensors. */
async function rewrite(directory: string, change: (tensors: Tensor[]) => Tensor[], padding = 0): Promise<void> {
  const file = join(directory, 'model.safetensors');
  const content = await readFile(file);
  const tensors = [...(await readSafetensors(file))].map(([name, { shape, dtype, offset, length }]) => {
    return { name, shape, dtype, bytes: content.subarray(offset, offset + length) };
  });
  await writeFile(file, safetensorsOf(change(tensors), padding));
}

test.each(['plain', 'llama3_rope', 'linear_rope_old_spelling'])('%s from every offset', async (name) => {
  await using directory = await temporaryDirectory();
  await writeSeeded(name, directory.path);
  const wanted = await scoresOf(directory.path);
  for (const padding of [1, 2, 3]) {
    await rewrite(directory.path, (tensors) => tensors, padding);
    expect(await scoresOf(directory.path)).toEqual(wanted);
  }
});

test.each([
  ['buffers of other types', (name: string) => name],
  ['torch.compile', (name: string) => `_orig_mod.${name}`],
  ['DistributedDataParallel around torch.compile', (name: string) => `module._orig_mod.${name}`],
  ['the inner model alone', (name: string) => name.replace(/^model\./, '')],
])('%s', async (_what, rename) => {
  await using directory = await temporaryDirectory();
  await writeSeeded('plain', directory.path);
  const wanted = await scoresOf(directory.path);
  const buffers = [
    { name: 'model.layers.0.self_attn.rotary_emb.inv_freq', shape: [2], dtype: 'F64', bytes: Buffer.alloc(16) },
    { name: 'model.layers.0.self_attn.bias', shape: [1, 1, 3], dtype: 'BOOL', bytes: Buffer.alloc(3) },
    { name: 'model.step', shape: [], dtype: 'I64', bytes: Buffer.alloc(8) },
  ];
  await rewrite(directory.path, (tensors) =>
    [...buffers, ...tensors].map((each) => ({ ...each, name: rename(each.name) })),
  );
  expect(await scoresOf(directory.path)).toEqual(wanted);
});
