/** Which directories below a root are runs: those that checkpoints, or a trainer's telltale files, lie in directly. */
import type { Dirent, Stats } from 'node:fs';
import { readdir, realpath } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { glanceAt, isMissing } from '../system/files.ts';

/** What a directory name promises; the checkpoint stage knows. */
export interface Naming {
  /** The step a name stands for, or null. `certain` names need no look inside. */
  stepOf(name: string): { readonly step: number; readonly certain: boolean } | null;
  /** Hidden, temporary, being deleted: never looked into. */
  isNever(name: string): boolean;
  /** Does the content look like a model? Asked of uncertain names only. */
  holdsModel(fileNames: readonly string[]): boolean;
}

export interface FoundCheckpoint {
  /** Real path of the directory. */
  readonly path: string;
  readonly step: number;
  /** Of the directory: changes when a file in it is added, removed or replaced. */
  readonly mtimeMs: number;
}

export interface FoundRun {
  /** Base name, or the path below the root where that would be ambiguous or say nothing. */
  readonly name: string;
  /** Real path. */
  readonly path: string;
  /** Survives a move within the file system, but not deletion: inode and birth of the directory. */
  readonly identity: string;
  /** By step. */
  readonly checkpoints: readonly FoundCheckpoint[];
}

export interface Discovery {
  /** `missing` and `unreadable` are about the root itself. */
  readonly root: 'present' | 'missing' | 'unreadable';
  readonly runs: readonly FoundRun[];
  /** Every directory that was looked into and may get a new run or checkpoint. */
  readonly directories: readonly string[];
  /** Something that looks like a checkpoint in its first moment: worth another look soon. */
  readonly unsure: boolean;
}

export interface DiscoverOptions {
  readonly root: string;
  readonly naming: Naming;
  /** How far below the root a run may lie. */
  readonly depth: number;
  /** Real paths never looked into: Libra's own data and pins. */
  readonly ignore: readonly string[];
  /** Now, epoch ms. */
  readonly now: number;
  /** False on a network file system, where a call may hang. */
  readonly local: boolean;
}

/** Libraries' own folders, which can hold thousands of files but no run. */
const NOISE = new Set([
  'node_modules',
  '__pycache__',
  'wandb',
  'mlruns',
  'tensorboard',
  'tb_logs',
  'site-packages',
  'venv',
  '_SNAPSHOTS',
]);

/** Written into the run's own directory at the start of training, long before the first checkpoint. */
const TELLTALE = new Set(['trainer_log.jsonl', 'data_mix.jsonl']);

/** Names that every project uses for the directory of a run; alone they say nothing. */
const GENERIC = /^(?:checkpoints?|ckpts?|output|outputs|out|models?|results?|hf|save|saves|run|weights|train)$/i;

/** No root needs more; stops a mistaken root (a home directory) from being crawled. */
const MOST_DIRECTORIES = 5_000;
/** How long after its last change an empty, uncertain directory may still become a checkpoint, ms. */
const YOUNG_MS = 60_000;

/** Looks through the tree below `root`, never into checkpoints; links are resolved and nothing is counted twice. */
export async function discoverRuns(options: DiscoverOptions): Promise<Discovery> {
  const { root, naming, depth } = options;
  const nothing = { runs: [], directories: [], unsure: false };
  const top = await realpath(root).catch((error: unknown) => (isMissing(error) ? null : undefined));
  if (top === null) return { root: 'missing', ...nothing };
  if (top === undefined) return { root: 'unreadable', ...nothing };

  const seen = new Set<string>();
  const runs: Omit<FoundRun, 'name'>[] = [];
  const directories: string[] = [];
  let unsure = false;
  let rootState: Discovery['root'] = 'present';
  let level: string[] = [top];
  for (let below = 0; below <= depth && level.length > 0; below++) {
    const next: string[] = [];
    for (const path of level) {
      const stats = await glanceAt(path, options.local);
      if (!stats?.isDirectory() || directories.length >= MOST_DIRECTORIES) continue;
      const key = identityOf(stats);
      if (seen.has(key)) continue;
      seen.add(key);
      const entries = await readdir(path, { withFileTypes: true }).catch(() => null);
      if (entries === null) {
        if (path === top) rootState = 'unreadable';
        continue;
      }
      directories.push(path);
      const content = await sortEntries(path, entries, naming, options, seen);
      unsure ||= content.unsure;
      next.push(...content.others);
      if (content.checkpoints.length > 0 || entries.some((entry) => TELLTALE.has(entry.name))) {
        runs.push({ path, identity: key, checkpoints: content.checkpoints });
      }
    }
    level = next;
  }
  return { root: rootState, runs: named(runs, top), directories, unsure };
}

interface Content {
  readonly checkpoints: readonly FoundCheckpoint[];
  /** Directories in which runs may lie. */
  readonly others: readonly string[];
  readonly unsure: boolean;
}

/** Real directories come before links, so that `latest -> checkpoint-300` finds the checkpoint counted already. */
async function sortEntries(
  parent: string,
  entries: readonly Dirent[],
  naming: Naming,
  options: DiscoverOptions,
  seen: Set<string>,
): Promise<Content> {
  const checkpoints: FoundCheckpoint[] = [];
  const others: string[] = [];
  let unsure = false;
  const candidates = entries
    .filter(
      (entry) =>
        (entry.isDirectory() || entry.isSymbolicLink()) && !naming.isNever(entry.name) && !NOISE.has(entry.name),
    )
    .sort((a, b) => Number(a.isSymbolicLink()) - Number(b.isSymbolicLink()) || (a.name < b.name ? -1 : 1));
  const resolved = await Promise.all(
    candidates.map(async (entry) => {
      const path = join(parent, entry.name);
      const stats = await glanceAt(path, options.local);
      return stats?.isDirectory() ? { entry, stats, path } : null;
    }),
  );
  for (const found of resolved) {
    if (found === null) continue;
    const path = found.entry.isSymbolicLink() ? await realpath(found.path).catch(() => null) : found.path;
    if (path === null || options.ignore.some((ignored) => path === ignored || path.startsWith(`${ignored}/`))) continue;
    const step = naming.stepOf(found.entry.name);
    if (step === null) {
      others.push(path);
      continue;
    }
    const key = identityOf(found.stats);
    if (seen.has(key)) continue;
    const names = step.certain ? null : await readdir(path).catch(() => []);
    if (names === null || naming.holdsModel(names)) {
      seen.add(key);
      checkpoints.push({ path, step: step.step, mtimeMs: found.stats.mtimeMs });
      continue;
    }
    if (names.length === 0 && options.now - found.stats.mtimeMs < YOUNG_MS) unsure = true;
    others.push(path);
  }
  checkpoints.sort((a, b) => a.step - b.step || (a.path < b.path ? -1 : 1));
  return { checkpoints, others, unsure };
}

/** Inode and time of birth: an inode alone is soon given to the next directory. */
function identityOf(stats: Stats): string {
  return `${stats.ino}-${Math.round(stats.birthtimeMs)}`;
}

function named(runs: readonly Omit<FoundRun, 'name'>[], top: string): FoundRun[] {
  const count = new Map<string, number>();
  for (const run of runs) count.set(basename(run.path), (count.get(basename(run.path)) ?? 0) + 1);
  return runs.map((run) => {
    const name = basename(run.path);
    const says = !GENERIC.test(name) && count.get(name) === 1;
    const below = relative(top, run.path);
    const longer = below.includes('/') ? below : join(basename(dirname(run.path)), name);
    return { ...run, name: says ? name : longer };
  });
}
