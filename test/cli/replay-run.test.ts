import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { inWriteOrder, replayRun } from '../../src/cli/demo/replay-run.ts';
import { systemClock } from '../../src/system/clock.ts';

it('orders files as the Hugging Face Trainer writes them, trainer_state.json last', () => {
  const names = [
    'trainer_state.json',
    'tokenizer.json',
    'model-00001-of-00002.safetensors',
    'notes.txt',
    'model.safetensors.index.json',
    'optimizer.pt',
    'config.json',
    'generation_config.json',
    'model-00002-of-00002.safetensors',
  ];
  expect(inWriteOrder(names)).toEqual([
    'config.json',
    'generation_config.json',
    'model-00001-of-00002.safetensors',
    'model-00002-of-00002.safetensors',
    'model.safetensors.index.json',
    'tokenizer.json',
    'optimizer.pt',
    'notes.txt',
    'trainer_state.json',
  ]);
});

it('writes every checkpoint byte for byte and rotates the old ones away', async () => {
  const source = await mkdtemp(join(tmpdir(), 'libra-recorded-'));
  const target = join(await mkdtemp(join(tmpdir(), 'libra-replayed-')), 'out');
  for (const step of [10, 20, 100]) {
    await mkdir(join(source, `checkpoint-${step}`));
    await writeFile(join(source, `checkpoint-${step}`, 'config.json'), `{"step":${step}}`);
    await writeFile(join(source, `checkpoint-${step}`, 'trainer_state.json'), `{"global_step":${step}}`);
  }
  const seen: (readonly [number, string[]])[] = [];
  await replayRun({
    source,
    target,
    intervalMs: 0,
    saveMs: 0,
    keep: 2,
    clock: systemClock,
    onSaved: ({ step }) => seen.push([step, []]),
  });
  expect(seen.map(([step]) => step)).toEqual([10, 20, 100]);
  expect((await readdir(target)).sort()).toEqual(['checkpoint-100', 'checkpoint-20']);
  expect(await readFile(join(target, 'checkpoint-100', 'trainer_state.json'), 'utf8')).toBe('{"global_step":100}');
});
