/**
 * Notices checkpoints: watches directories, recognises what appears in them, pins it while it settles, and reports each change
 * of state once. Everything it must remember is in the sink or on the disk, so that it may be killed at any moment.
 */
import { constants } from 'node:fs';
import { access, mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { clearAbandonedHomes } from '../checkpoint/find-pins.ts';
import { pinHomesOf } from '../checkpoint/pin-homes.ts';
import { LibraError, messageOf } from '../domain/errors.ts';
import type { Clock } from '../system/clock.ts';
import { fileSystemOf } from '../system/files.ts';
import type { Log } from '../system/log.ts';
import { type RunWatcher, watchRuns } from '../watch/watch-runs.ts';
import { type AskSpace, keepRoom, mayCopyTo } from './notice-room.ts';
import { type NoticedRoot, noticeRoot } from './notice-root.ts';
import type { NoticeSettings } from './notice-settings.ts';
import type { NoticeSink } from './notice-sink.ts';

export { DEFAULT_NOTICE_SETTINGS, type NoticeSettings } from './notice-settings.ts';
export type { KnownCheckpoint, KnownRun, NoticeSink, Observation } from './notice-sink.ts';

export interface NoticeOptions {
  /** Watched directories; they need not exist yet. */
  readonly roots: readonly string[];
  /** Libra's own data; must exist. */
  readonly dataDirectory: string;
  /** Which of the runs found are wanted; all by default. */
  readonly accepts?: (path: string) => boolean;
  readonly settings: NoticeSettings;
  readonly sink: NoticeSink;
  readonly clock: Clock;
  readonly log: Log;
  /** The disk's free space, replaceable in tests. */
  readonly askSpace?: AskSpace;
}

export interface Noticer {
  /**
   * Resolves when every watched directory was looked at once: what was there is reported as found.
   * Rejects with LIBRA_PIN_FAILED when pins are to lie where nothing can be written.
   */
  readonly ready: Promise<void>;
  /** Something may have happened at `path`: looks at once. False when no watched directory contains it. */
  poke(path: string): boolean;
  /** Checkpoints that are neither complete nor given up. */
  unsettled(): number;
  /** Stops; provisional pins stay on the disk for the next start. */
  close(): Promise<void>;
}

/** How often pins are compared with the room on the disk, ms. */
const ROOM_EVERY = 2_000;

export function noticeCheckpoints(options: NoticeOptions): Noticer {
  const closing = new AbortController();
  const watched: { readonly root: string; watcher: RunWatcher | null; noticed: NoticedRoot | null }[] = [];
  const ready = provePinDirectory(options.settings.pins.directory)
    .then(() => Promise.all([...new Set(options.roots.map((root) => resolve(root)))].map(open)))
    .then(() => {});
  const room = watchRoom(options, closing.signal);

  async function open(root: string): Promise<void> {
    let looked = () => {};
    const first = new Promise<void>((settle) => {
      looked = settle;
    });
    const entry = { root, noticed: null as NoticedRoot | null, watcher: null as RunWatcher | null };
    let said = false;
    const look = async (woken: boolean) => {
      try {
        entry.noticed ??= await openRoot(root, options);
        if (entry.noticed !== null) return await entry.noticed.look(woken);
        if (!said) options.log.info('Waiting: this directory does not exist (yet)', { directory: root });
        said = true;
        return { directories: [dirname(root)], pauseMs: options.settings.local.pace.usual };
      } finally {
        looked();
      }
    };
    entry.watcher = watchRuns({ look, clock: options.clock, log: options.log });
    watched.push(entry);
    await first;
  }

  return {
    ready,
    poke: (path) => {
      const place = resolve(path);
      const hit = watched.filter(
        ({ root }) => place === root || place.startsWith(`${root}/`) || root.startsWith(`${place}/`),
      );
      for (const { watcher } of hit) watcher?.wake();
      return hit.length > 0;
    },
    unsettled: () => watched.reduce((sum, { noticed }) => sum + (noticed?.unsettled() ?? 0), 0),
    close: async () => {
      closing.abort();
      await ready.catch(() => {});
      await Promise.all(watched.map(({ watcher }) => watcher?.close()));
      await room;
    },
  };
}

/** A pin directory that was asked for by name must work: falling back in silence would hide the mistake. */
async function provePinDirectory(directory: string | null): Promise<void> {
  if (directory === null) return;
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await access(directory, constants.W_OK);
  } catch (cause) {
    throw new LibraError('LIBRA_PIN_FAILED', `Pins cannot be kept in ${directory}: ${messageOf(cause)}.`, {
      hint: 'Set pins.directory to a directory you can write to on the disk of the runs, or leave it out.',
      cause,
    });
  }
}

async function watchRoom(options: NoticeOptions, signal: AbortSignal): Promise<void> {
  const { clock, log, settings } = options;
  while (!signal.aborted) {
    await keepRoom({ ...options, budget: settings.pins }).catch((error: unknown) => {
      log.error('The room that pins take could not be looked at', { error: messageOf(error) });
    });
    await clock.sleep(ROOM_EVERY, signal);
  }
}

/** What must be known of a watched directory before the first look into it; null while it does not exist. */
async function openRoot(root: string, options: NoticeOptions): Promise<NoticedRoot | null> {
  const { settings, sink, clock, log, dataDirectory } = options;
  if ((await stat(root).catch(() => null)) === null) return null;
  const homes = await pinHomesOf({ root, dataDirectory, configured: settings.pins.directory });
  await clearAbandonedHomes(homes);
  const disk = await fileSystemOf(root);
  if (disk.network)
    log.info('This directory is on a network file system: looking at intervals', { root, type: disk.name });
  const mayCopy = (bytes: number) => mayCopyTo(homes.copies, bytes, { ...options, budget: settings.pins });
  const ignore = [homes.owner, ...homes.links, homes.copies];
  return noticeRoot(root, ignore, {
    settings,
    accepts: options.accepts ?? (() => true),
    network: disk.network,
    homes,
    mayCopy,
    sink,
    clock,
    log,
  });
}
