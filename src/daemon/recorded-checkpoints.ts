/** From the files below a path to what was measured on each checkpoint: results of one step together, the latest of each task, its samples with it. */
import { basename, dirname } from 'node:path';
import { messageOf } from '../domain/errors.ts';
import {
  type FoundFiles,
  findResultFiles,
  isNamedResults,
  type ResultFile,
  type SamplesFile,
  timeOfStamp,
} from '../evaluation/harness/find-result-files.ts';
import { readResultsFile } from '../evaluation/harness/read-results-file.ts';
import type { ImportTrouble, RecordedResults, RecordedTask } from '../evaluation/harness/recorded.ts';
import { stableId } from '../system/hash.ts';
import { type RecordedStep, stepOfRecorded } from './recorded-step.ts';

/** One task as it was last measured on a checkpoint. */
export interface RecordedMeasurement {
  readonly name: string;
  /** Null where only samples are there. */
  readonly task: RecordedTask | null;
  /** What the results file says beside its tasks; null as above. */
  readonly by: Omit<RecordedResults, 'tasks'> | null;
  /** Where the numbers are. */
  readonly file: string;
  readonly samples: SamplesFile | null;
}

export interface RecordedCheckpoint extends RecordedStep {
  /** Folder of its (first) results. */
  readonly directory: string;
  readonly tasks: readonly RecordedMeasurement[];
  /** Rows left out because they are means of tasks that are here. */
  readonly groups: readonly string[];
  /** Changes when any of its files does. */
  readonly signature: string;
}

export interface RecordedRun {
  /** In the order of steps. */
  readonly checkpoints: readonly RecordedCheckpoint[];
  readonly troubles: readonly ImportTrouble[];
}

type StepReader = (file: string, modelTexts: readonly string[]) => RecordedStep | null;

interface ReadResults {
  readonly file: ResultFile;
  readonly results: RecordedResults;
  readonly at: number;
  readonly step: RecordedStep;
}

/** Larger JSON that is not even called results is not read. */
const LARGEST_UNNAMED = 32 * 1024 ** 2;

/**
 * Looks through everything below `path` and reads the results files, not yet the samples.
 * @param otherwise step of what says none; without it such files are troubles
 * @throws the file system's error when `path` can't be read
 */
export async function findRecordedCheckpoints(path: string, otherwise: number | null = null): Promise<RecordedRun> {
  const files = await findResultFiles(path);
  const troubles: ImportTrouble[] = [];
  const stepOf: StepReader = (file, texts) =>
    stepOfRecorded(file, path, texts) ?? (otherwise === null ? null : { step: otherwise, tokens: null });
  const read = await readAll(files.results, path, stepOf, troubles);
  const samples = placeSamples(files, read, stepOf, troubles);
  const steps = [...new Set([...read, ...samples].map(({ step }) => step.step))].sort((a, b) => a - b);
  const checkpoints = steps.flatMap((step) => {
    const own = read.filter((one) => one.step.step === step);
    const ownSamples = samples.filter((one) => one.step.step === step);
    return checkpointOf(own, ownSamples, troubles) ?? [];
  });
  return { checkpoints, troubles };
}

async function readAll(
  files: readonly ResultFile[],
  root: string,
  stepOf: StepReader,
  troubles: ImportTrouble[],
): Promise<ReadResults[]> {
  const read: ReadResults[] = [];
  for (const file of files) {
    const isNamed = isNamedResults(file.path) || file.path === root;
    if (!isNamed && file.size > LARGEST_UNNAMED) continue;
    try {
      const results = await readResultsFile(file.path);
      const step = stepOf(file.path, results.modelTexts);
      const at = (file.stamp === null ? null : timeOfStamp(file.stamp)) ?? results.at ?? file.mtimeMs;
      if (results.tasks.length === 0) {
        if (isNamed) troubles.push({ path: file.path, reason: 'No task in it has a number.' });
      } else if (step === null) troubles.push({ path: file.path, reason: NO_STEP });
      else read.push({ file, results, at, step });
    } catch (error) {
      if (isNamed) troubles.push({ path: file.path, reason: `It could not be read: ${messageOf(error)}.` });
    }
  }
  return read;
}

const NO_STEP =
  'No step is known of it: name its folder after the checkpoint, such as checkpoint-1200, or let its model_args say it.';

interface PlacedSamples {
  readonly file: SamplesFile;
  readonly step: RecordedStep;
}

/** Samples belong to the results beside them with the same time in the name; where there is but one checkpoint, to that. */
function placeSamples(
  { samples }: FoundFiles,
  read: readonly ReadResults[],
  stepOf: StepReader,
  troubles: ImportTrouble[],
): PlacedSamples[] {
  const placed: PlacedSamples[] = [];
  const byDirectory = groupBy(read, ({ file }) => file.directory);
  for (const file of samples) {
    const beside = byDirectory.get(file.directory) ?? [];
    const twin = beside.find((one) => one.file.stamp !== null && one.file.stamp === file.stamp);
    const steps = new Set(beside.map(({ step }) => step.step));
    const step = twin?.step ?? (steps.size === 1 ? beside[0]!.step : null) ?? stepOf(file.path, []);
    if (step === null) troubles.push({ path: file.path, reason: NO_STEP });
    else placed.push({ file, step });
  }
  return placed;
}

function checkpointOf(
  read: readonly ReadResults[],
  placed: readonly PlacedSamples[],
  troubles: ImportTrouble[],
): RecordedCheckpoint | null {
  const latest = new Map<string, { readonly one: ReadResults; readonly task: RecordedTask }>();
  for (const one of [...read].sort((a, b) => a.at - b.at)) {
    for (const task of one.results.tasks) {
      // A later try that came to nothing takes nothing away.
      if (hasNumber(task) || !latest.has(task.name)) latest.set(task.name, { one, task });
    }
  }
  const samples = placed.map(({ file }) => file);
  const taken: RecordedMeasurement[] = [];
  for (const [name, { one, task }] of latest) {
    const own = samplesFor(name, one, read, samples);
    if (own === null && !hasNumber(task)) {
      troubles.push({ path: one.file.path, reason: `Task ${name} has no number and no samples.` });
      continue;
    }
    const { tasks: _, ...by } = one.results;
    taken.push({ name, task, by, file: one.file.path, samples: own });
  }
  const known = new Set(taken.flatMap((one) => (one.samples ? [plain(one.samples.task)] : [plain(one.name)])));
  for (const [, files] of groupBy(samples, ({ task }) => plain(task))) {
    const newest = [...files].sort((a, b) => timeOf(a) - timeOf(b)).at(-1)!;
    if (known.has(plain(newest.task)) || taken.some(({ name }) => plain(name) === plain(newest.task))) continue;
    taken.push({ name: newest.task, task: null, by: null, file: newest.path, samples: newest });
  }
  const step = [...read, ...placed].map((one) => one.step);
  if (taken.length === 0) return null;
  const used = [...new Set([...read.map(({ file }) => file), ...samples])];
  return {
    step: step[0]!.step,
    tokens: step.find(({ tokens }) => tokens !== null)?.tokens ?? null,
    directory: used[0]!.directory,
    tasks: taken,
    groups: [...new Set(read.flatMap(({ results }) => results.groups))],
    // Not by their paths: the same folder may be named alone, or with its neighbours.
    signature: stableId(
      ...used.flatMap(({ path, size, mtimeMs }) => [
        basename(dirname(path)),
        basename(path),
        size,
        Math.round(mtimeMs),
      ]),
    ),
  };
}

function hasNumber({ metrics }: RecordedTask): boolean {
  return metrics.some(({ value }) => Number.isFinite(value));
}

/** Samples of the very evaluation the numbers are from; those of another one are not its docs. */
function samplesFor(
  task: string,
  { file }: ReadResults,
  read: readonly ReadResults[],
  samples: readonly SamplesFile[],
): SamplesFile | null {
  const named = samples.filter((one) => plain(one.task) === plain(task));
  const beside = named.filter((one) => one.directory === file.directory);
  const candidates =
    beside.length > 0 ? beside : named.filter((one) => !read.some((other) => other.file.directory === one.directory));
  const twin = candidates.find((one) => one.stamp !== null && one.stamp === file.stamp);
  if (twin) return twin;
  const stamps = new Set(read.map((other) => other.file.stamp));
  const unclaimed = candidates.filter(({ stamp }) => stamp === null || !stamps.has(stamp));
  return [...unclaimed].sort((a, b) => timeOf(a) - timeOf(b)).at(-1) ?? null;
}

function timeOf({ stamp, mtimeMs }: ResultFile): number {
  return (stamp === null ? null : timeOfStamp(stamp)) ?? mtimeMs;
}

/** Names of files have other characters where a task's has a slash or a space. */
function plain(task: string): string {
  return task.replaceAll(/[^\p{L}\p{N}.-]+/gu, '_');
}

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item)) ?? [];
    if (group.length === 0) groups.set(keyOf(item), group);
    group.push(item);
  }
  return groups;
}
