/** Which files below a path are results and samples of lm-evaluation-harness. */
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

export interface ResultFile {
  readonly path: string;
  readonly directory: string;
  /** Time in its name, as the harness writes it (`2024-05-01T12-00-00.123456`); null where it has none. */
  readonly stamp: string | null;
  /** Bytes, and last write in epoch milliseconds. */
  readonly size: number;
  readonly mtimeMs: number;
}

export interface SamplesFile extends ResultFile {
  /** As it stands in the file's name. */
  readonly task: string;
}

export interface FoundFiles {
  readonly results: readonly ResultFile[];
  readonly samples: readonly SamplesFile[];
}

const STAMP = String.raw`\d{4}-\d{2}-\d{2}[T_ -]\d{2}[-:.]?\d{2}[-:.]?\d{2}(?:[.,]\d+)?`;
const SAMPLES = new RegExp(String.raw`^samples_(.+?)(?:_(${STAMP}))?\.jsonl(?:\.gz)?$`);
const STAMPED = new RegExp(String.raw`(${STAMP})\.json(?:\.gz)?$`);
const RESULTS = /^results?(?:[_.-].*)?\.json(?:\.gz)?$/i;

/** JSON that lies beside checkpoints and is none of ours. */
const OTHER =
  /^(?:config|generation_config|tokenizer.*|special_tokens_map|added_tokens|vocab|preprocessor_config|trainer_state|adapter_config|all_results|train_results|eval_results|.*\.index|package.*|tsconfig.*)\.json$/i;

const SKIPPED = new Set(['node_modules', '__pycache__', '.git', '.ipynb_checkpoints']);

/** Deeper than anybody lays out results. */
const DEEPEST = 12;

/**
 * Files below a directory, in the order of their paths; a path of one file is that file with the samples beside it.
 * Any other `.json` is a candidate too: older releases wrote to whatever name they were given.
 * @throws the file system's error when `path` can't be read
 */
export async function findResultFiles(path: string): Promise<FoundFiles> {
  const results: ResultFile[] = [];
  const samples: SamplesFile[] = [];
  const take = async (file: string, isNamed: boolean): Promise<void> => {
    const name = basename(file);
    const task = SAMPLES.exec(name);
    if (task === null && !isNamed && !isCandidate(name)) return;
    const found = await stat(file).catch(() => null);
    if (!found?.isFile()) return;
    const place = { path: file, directory: dirname(file), size: found.size, mtimeMs: found.mtimeMs };
    if (task) samples.push({ ...place, task: task[1]!, stamp: task[2] ?? null });
    else results.push({ ...place, stamp: STAMPED.exec(name)?.[1] ?? null });
  };
  const walk = async (directory: string, depth: number): Promise<void> => {
    const entries = await readdir(directory, { withFileTypes: true }).catch((error: unknown) => {
      if (depth === 0) throw error;
      return [];
    });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const inner = join(directory, entry.name);
      const isDirectory =
        entry.isDirectory() ||
        (entry.isSymbolicLink() && ((await stat(inner).catch(() => null))?.isDirectory() ?? false));
      if (!isDirectory) await take(inner, false);
      else if (depth < DEEPEST && !SKIPPED.has(entry.name)) await walk(inner, depth + 1);
    }
  };
  if ((await stat(path)).isDirectory()) await walk(path, 0);
  else {
    await take(path, true);
    for (const name of (await readdir(dirname(path))).sort()) {
      if (SAMPLES.test(name) && join(dirname(path), name) !== path) await take(join(dirname(path), name), false);
    }
  }
  return { results, samples };
}

/** A file whose name says it holds results: then what is wrong with it is worth telling. */
export function isNamedResults(path: string): boolean {
  return RESULTS.test(basename(path));
}

function isCandidate(name: string): boolean {
  return RESULTS.test(name) || (/\.json(?:\.gz)?$/i.test(name) && !OTHER.test(name) && !name.startsWith('.'));
}

/** Epoch milliseconds of a stamp; the harness writes local time, which serves to put its files in order. */
export function timeOfStamp(stamp: string): number | null {
  const [, year, month, day, hour, minute, second, part] =
    /^(\d{4})-(\d{2})-(\d{2})[T_ -](\d{2})[-:.]?(\d{2})[-:.]?(\d{2})(?:[.,](\d+))?$/.exec(stamp) ?? [];
  if (year === undefined) return null;
  const whole = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  return whole + Number(`0.${part ?? '0'}`) * 1000;
}
