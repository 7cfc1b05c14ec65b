import { existsSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/system/clock.ts';
import { silentLog } from '../../src/system/log.ts';
import { type Look, watchRuns } from '../../src/watch/watch-runs.ts';
import { temporaryPlace } from '../fakes/temporary-place.ts';

const FOR_EVER = 1e9;

/** A watcher that sleeps for ever unless something wakes it; `seen` resolves at the first look at which the condition holds. */
function watch(look: (count: number) => Look = () => ({ directories: [], pauseMs: FOR_EVER })) {
  let count = 0;
  const waiting = new Set<() => void>();
  const watcher = watchRuns({
    look: async () => {
      count += 1;
      for (const check of [...waiting]) check();
      return look(count);
    },
    clock: systemClock,
    log: silentLog,
  });
  onTestFinished(() => watcher.close());
  const seen = (condition: () => boolean) =>
    new Promise<void>((resolve) => {
      const check = () => {
        if (!condition()) return;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
    });
  return { watcher, seen, count: () => count };
}

describe('watchRuns', () => {
  it('looks again when asked, and closes while it waits', async () => {
    const { watcher, seen, count } = watch();
    const second = seen(() => count() === 2);
    watcher.wake();
    await second;
    await watcher.close();
  });

  it('is woken by a directory that appears, also where another one took the path', async () => {
    const place = await temporaryPlace();
    const run = join(place, 'run');
    await mkdir(run);
    const { seen } = watch(() => ({ directories: [place, run], pauseMs: FOR_EVER }));
    const first = seen(() => existsSync(join(run, 'checkpoint-1')));
    await mkdir(join(run, 'checkpoint-1'));
    await first;
    const replaced = seen(() => existsSync(run) && existsSync(join(place, 'old')));
    await rename(run, join(place, 'old'));
    await mkdir(run);
    await replaced;
    const second = seen(() => existsSync(join(run, 'checkpoint-2')));
    await mkdir(join(run, 'checkpoint-2'));
    await second;
  });

  it('goes on after a look that failed', async () => {
    const { watcher, seen, count } = watch((at) => {
      if (at === 1) throw new Error('disk');
      return { directories: [], pauseMs: FOR_EVER };
    });
    const second = seen(() => count() === 2);
    watcher.wake();
    await second;
  });
});
