/** Engines that were started, on disk: after a kill -9 of the daemon the next one ends what is left of them, and nothing else. */
import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { type Clock, systemClock } from '../system/clock.ts';
import { writeFileAtomic } from '../system/files.ts';
import { stopTree } from '../system/process.ts';
import { bootId, findTree, type ProcessIdentity } from '../system/process-tree.ts';

const Entry = z.object({
  /** Carried in the environment of everything the engine started. */
  mark: z.string(),
  command: z.string(),
  /** Null between the decision to start and the start. */
  pid: z.number().int().positive().nullable(),
  startTime: z.number().nullable(),
  boot: z.string().nullable(),
  /** Directories made for this start (sockets), removed with it. */
  leftovers: z.array(z.string()).default([]),
});
const Entries = z.array(Entry);

/** One started engine; pid and start time together are nobody else's until the next boot. */
export type EngineEntry = z.infer<typeof Entry>;

export interface EngineRegistry {
  /** Before the start, so that no moment is left in which a killed daemon forgets its engine. */
  announce(mark: string, command: string, leftovers: readonly string[]): Promise<void>;
  started(mark: string, leader: ProcessIdentity): Promise<void>;
  remove(mark: string): Promise<void>;
  /**
   * Ends the trees of engines that an earlier daemon left behind. Call once at start, before anything is launched.
   * @returns what was found running and ended
   */
  endLeftovers(clock?: Clock): Promise<EngineEntry[]>;
}

/** `file` (e.g. `engines.json` in the data directory) is made when first needed; a damaged one counts as empty. */
export function openEngineRegistry(file: string): EngineRegistry {
  let queue: Promise<unknown> = Promise.resolve();
  const oneAtATime = <T>(work: () => Promise<T>): Promise<T> => {
    const next = queue.then(work, work);
    queue = next.catch(() => {});
    return next;
  };
  return {
    announce: (mark, command, leftovers) =>
      oneAtATime(async () => {
        const entry = { mark, command, pid: null, startTime: null, boot: bootId(), leftovers: [...leftovers] };
        await write(file, [...(await read(file)), entry]);
      }),
    started: (mark, { pid, startTime }) =>
      oneAtATime(async () => {
        const entries = await read(file);
        await write(
          file,
          entries.map((entry) => (entry.mark === mark ? { ...entry, pid, startTime } : entry)),
        );
      }),
    remove: (mark) =>
      oneAtATime(async () =>
        write(
          file,
          (await read(file)).filter((entry) => entry.mark !== mark),
        ),
      ),
    endLeftovers: (clock = systemClock) =>
      oneAtATime(async () => {
        const ended: EngineEntry[] = [];
        const entries = await read(file);
        for (const entry of entries) {
          for (const path of entry.leftovers) await rm(path, { recursive: true, force: true });
          if (entry.boot === null || entry.boot !== bootId()) continue;
          const leader = leaderOf(entry);
          if ((await findTree(leader, entry.mark)).length === 0) continue;
          await stopTree(leader, entry.mark, 2000, clock);
          ended.push(entry);
        }
        if (entries.length > 0) await write(file, []);
        return ended;
      }),
  };
}

/** Without its start time a pid proves nothing: it may be anybody's by now. */
function leaderOf({ pid, startTime }: EngineEntry): ProcessIdentity | null {
  return pid === null || startTime === null ? null : { pid, startTime };
}

async function read(file: string): Promise<EngineEntry[]> {
  try {
    return Entries.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return [];
  }
}

async function write(file: string, entries: readonly EngineEntry[]): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFileAtomic(file, `${JSON.stringify(entries, null, 1)}\n`, 0o600);
}
