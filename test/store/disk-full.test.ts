import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../src/store/open-store.ts';
import { afterThisTest, scratchDirectory } from './scratch.ts';

/** A file system of one megabyte, or null where this user may not make one. */
function smallDisk(): string | null {
  const directory = scratchDirectory();
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', directory]).status !== 0) return null;
  afterThisTest(() => spawnSync('umount', ['-l', directory]));
  return directory;
}

const random = (index: number) => ({
  index,
  docId: String(index),
  answer: { kind: 'text' as const, text: randomBytes(3_000).toString('hex'), tokens: 1 },
  error: null,
  values: {},
});

describe('a full disk', () => {
  it('is told in a sentence, loses nothing that was written, and is over when there is space again', ({ skip }) => {
    const directory = smallDisk();
    if (directory === null) return skip('mounting a small file system needs root');
    const ballast = join(directory, 'ballast');
    writeFileSync(ballast, Buffer.alloc(400_000));
    const store = openStore({ directory, now: () => 1 });
    afterThisTest(() => store.close());
    store.runs.add({ id: 'r', name: 'r', path: '/out/r' });
    const checkpoint = store.checkpoints.add({ run: 'r', step: 1, path: '/out/r/1', format: 'hugging-face' }).id;
    store.plans.add({ id: 'p', checkpoint, strategy: 'fixed', slices: [], leftOut: [] });
    store.evaluations.add({ id: 'e', checkpoint, plan: 'p' });

    let written = 0;
    const fill = () => {
      for (; written < 10_000; written++) store.answers.append('e', 'task', [random(written)]);
    };
    expect(fill).toThrow(expect.objectContaining({ code: 'LIBRA_DISK_FULL', hint: expect.stringContaining('space') }));
    const durable = written;
    expect(() => store.transaction(fill)).toThrow(expect.objectContaining({ code: 'LIBRA_DISK_FULL' }));
    expect(store.answers.ofEvaluation('e', 'task').length).toBe(durable);

    rmSync(ballast);
    store.answers.append('e', 'task', [random(written)]);
    expect(store.answers.ofEvaluation('e', 'task').length).toBe(durable + 1);
  });

  it('refuses to start where not even the first page fits', ({ skip }) => {
    const directory = smallDisk();
    if (directory === null) return skip('mounting a small file system needs root');
    const filler = join(directory, 'filler');
    try {
      writeFileSync(filler, Buffer.alloc(2_000_000));
    } catch {
      // As meant: the disk is full now.
    }
    expect(() => openStore({ directory, now: () => 1 })).toThrow(expect.objectContaining({ code: 'LIBRA_DISK_FULL' }));
  });
});
