/**
 * Looks at a directory again and again, and at once when the operating system says that something happened in it.
 * Events are only a wake-up: they may be lost, doubled or never come (network file systems); the regular look is the truth.
 */
import { stat } from 'node:fs/promises';
import { type FSWatcher, watch } from 'chokidar';
import { messageOf } from '../domain/errors.ts';
import type { Clock } from '../system/clock.ts';
import type { Log } from '../system/log.ts';

/** What a look found out about looking. */
export interface Look {
  /** Directories whose direct content should wake us; none needs to exist. Empty where no events come anyway. */
  readonly directories: readonly string[];
  /** Pause until the next look unless something wakes us, ms. */
  readonly pauseMs: number;
}

export interface WatchOptions {
  /** Looks once. `woken`: something happened, so nothing remembered should be trusted. Must not throw for a bad disk. */
  readonly look: (woken: boolean) => Promise<Look>;
  readonly clock: Clock;
  readonly log: Log;
}

export interface RunWatcher {
  /** Looks again at once. */
  wake(): void;
  /** Resolves when the look in progress, if any, is over. */
  close(): Promise<void>;
}

/** More watches than this on one root are left to the regular look. */
const MOST_WATCHES = 2_000;

/** Between two looks whatever happens, ms. */
const LEAST_REST = 20;
const LONGEST_REST = 1_000;

export function watchRuns({ look, clock, log }: WatchOptions): RunWatcher {
  const closing = new AbortController();
  let woken = true;
  let nap = new AbortController();
  const wake = () => {
    woken = true;
    nap.abort();
  };
  const wakeups = createWakeups(wake, log);

  const loop = async () => {
    while (!closing.signal.aborted) {
      const because = woken;
      woken = false;
      nap = new AbortController();
      let pauseMs = 2_000;
      const started = clock.monotonic();
      try {
        const seen = await look(because);
        pauseMs = seen.pauseMs;
        await wakeups.follow(seen.directories);
      } catch (error) {
        log.error('Looking for checkpoints failed; trying again', { error: messageOf(error) });
      }
      // However many events come, looking leaves most of the time to others.
      const rest = Math.min(LONGEST_REST, 2 * (clock.monotonic() - started));
      await clock.sleep(Math.max(LEAST_REST, rest), closing.signal);
      if (!woken && !closing.signal.aborted) await clock.sleep(pauseMs, nap.signal);
    }
  };
  const done = loop();
  return {
    wake,
    close: async () => {
      closing.abort();
      nap.abort();
      await done;
      await wakeups.close();
    },
  };
}

interface Wakeups {
  /** Watches exactly these directories from now on, those of them that exist. */
  follow(directories: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** One inotify watch a directory: not per file, not recursive. Any failure is said once and leaves us with the regular look. */
function createWakeups(wake: () => void, log: Log): Wakeups {
  const watched = new Map<string, number>();
  let said = false;
  const degrade = (error: unknown) => {
    if (said) return;
    said = true;
    log.warn('The system gives no more file events; looking at intervals instead', {
      error: messageOf(error),
      hint: 'Raise fs.inotify.max_user_watches or max_user_instances if checkpoints are noticed late.',
    });
  };
  const watcher: FSWatcher = watch([], {
    depth: 0,
    followSymlinks: false,
    // What lies there when a watch begins wakes us too: it may have come after the look that asked for the watch.
    ignoreInitial: false,
    persistent: true,
    ignorePermissionErrors: true,
    ignored: (_path, stats) => stats?.isFile() === true,
  });
  watcher.on('all', wake);
  watcher.on('error', degrade);
  return {
    async follow(directories) {
      const wanted = new Set(directories.slice(0, MOST_WATCHES));
      for (const path of watched.keys()) {
        if (wanted.has(path)) continue;
        watched.delete(path);
        watcher.unwatch(path);
      }
      for (const path of wanted) {
        const inode = await stat(path).then(
          (stats) => stats.ino,
          () => null,
        );
        const before = watched.get(path);
        if (inode === before) continue;
        // Another directory under the same path: the old watch sits on the inode that is gone.
        if (before !== undefined) watcher.unwatch(path);
        watched.delete(path);
        if (inode === null) continue;
        watcher.add(path);
        watched.set(path, inode);
      }
    },
    close: () => watcher.close(),
  };
}
