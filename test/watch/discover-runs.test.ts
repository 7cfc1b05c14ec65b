import { mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isNeverCheckpoint, stepOfName } from '../../src/checkpoint/step-name.ts';
import { discoverRuns, type Naming } from '../../src/watch/discover-runs.ts';
import { writeCheckpoint } from '../fakes/checkpoint-files.ts';
import { temporaryPlace } from '../fakes/temporary-place.ts';

const naming: Naming = {
  stepOf: stepOfName,
  isNever: isNeverCheckpoint,
  holdsModel: (names) => names.includes('config.json'),
};
const discover = (root: string, ignore: string[] = []) =>
  discoverRuns({ root, naming, depth: 3, ignore, now: Date.now(), local: true });
const found = async (root: string) =>
  (await discover(root)).runs.map(({ name, checkpoints }) => [name, checkpoints.map(({ step }) => step)]);

describe('discoverRuns', () => {
  it('finds the root itself, children, and the nested layouts of trainers', async () => {
    const root = join(await temporaryPlace(), 'qwen');
    await writeCheckpoint(root, { step: 1 });
    await writeCheckpoint(join(root, 'exp'), { step: 20 });
    await writeCheckpoint(join(root, 'exp'), { step: 3 });
    await writeCheckpoint(join(root, 'output', 'Qwen', 'v0-20250101'), { step: 4 });
    expect((await found(root)).sort()).toEqual([
      ['exp', [3, 20]],
      ['qwen', [1]],
      ['v0-20250101', [4]],
    ]);
  });

  it('names runs by more than a name that says nothing or stands twice', async () => {
    const root = await temporaryPlace();
    await writeCheckpoint(join(root, 'a', 'checkpoints'), { step: 1 });
    await writeCheckpoint(join(root, 'b', 'seed-1'), { step: 1 });
    await writeCheckpoint(join(root, 'c', 'seed-1'), { step: 1 });
    expect((await found(root)).map(([name]) => name).sort()).toEqual(['a/checkpoints', 'b/seed-1', 'c/seed-1']);
  });

  it('takes an uncertain name only for a model, and looks into it otherwise', async () => {
    const root = await temporaryPlace();
    await writeCheckpoint(join(root, 'exp'), { step: 7 }, '7');
    await writeCheckpoint(join(root, 'sweep', '12'), { step: 8 });
    await mkdir(join(root, 'exp', 'step-9'));
    const discovery = await discover(root);
    expect(discovery.runs.map(({ name, checkpoints }) => [name, checkpoints.length])).toEqual([
      ['exp', 1],
      ['12', 1],
    ]);
    expect(discovery.unsure).toBe(true);
  });

  it('passes over hidden, temporary and ignored places, and goes round no circle', async () => {
    const root = await temporaryPlace();
    for (const name of ['.hidden', '_SNAPSHOTS', 'tmp-exp', 'own'])
      await writeCheckpoint(join(root, name), { step: 1 });
    await mkdir(join(root, 'tmp-checkpoint-3'));
    await symlink(root, join(root, 'circle'));
    expect((await discover(root, [join(root, 'own')])).runs).toEqual([]);
  });

  it('knows a moved directory by its identity, and a new one under the same name as another', async () => {
    const root = await temporaryPlace();
    await writeCheckpoint(join(root, 'exp'), { step: 1 });
    const before = (await discover(root)).runs[0]?.identity;
    await rename(join(root, 'exp'), join(root, 'moved'));
    await writeCheckpoint(join(root, 'exp'), { step: 1 });
    const after = new Map((await discover(root)).runs.map((run) => [run.name, run.identity]));
    expect(after.get('moved')).toBe(before);
    expect(after.get('exp')).not.toBe(before);
  });

  it('finds a run by its trainer before the first checkpoint', async () => {
    const root = await temporaryPlace();
    await mkdir(join(root, 'exp'));
    await writeFile(join(root, 'exp', 'trainer_log.jsonl'), '');
    expect(await found(root)).toEqual([['exp', []]]);
  });

  it('says what is wrong with the root', async () => {
    expect((await discover('/does/not/exist')).root).toBe('missing');
  });

  it('looks through ten thousand files quickly', async () => {
    const root = await temporaryPlace();
    await mkdir(join(root, 'data'));
    for (let at = 0; at < 10_000; at += 500) {
      await Promise.all(Array.from({ length: 500 }, (_, i) => writeFile(join(root, 'data', `${at + i}.txt`), '')));
    }
    await writeCheckpoint(join(root, 'exp'), { step: 1 });
    const started = performance.now();
    expect(await found(root)).toEqual([['exp', [1]]]);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});
