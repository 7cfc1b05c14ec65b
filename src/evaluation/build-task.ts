/** A task file -> a Task: data read, examples drawn, templates tried on the first doc. */
import { LibraError, messageOf } from '../domain/errors.ts';
import { buildRequests } from './build-requests.ts';
import { createDocReader } from './doc-fields.ts';
import { chooseShots, fewshotSplitOf } from './fewshot.ts';
import { loadSplit, type Split } from './load-split.ts';
import type { TaskFile } from './read-task-file.ts';
import type { YamlFields } from './read-yaml.ts';
import { docIdsOf, fixedOrder } from './sampling.ts';
import type { Task, TaskDoc } from './task.ts';
import { hashTask } from './task-hash.ts';
import { measuresOf } from './task-measures.ts';
import { readSettings, refuseWhatNeedsMore } from './task-settings.ts';

/**
 * @param overrides keys a group sets over the file
 * @throws LibraError LIBRA_TASK_INVALID, LIBRA_DATASET_MISSING or LIBRA_DATASET_INVALID
 */
export async function buildTask(file: TaskFile, overrides: YamlFields = {}, numFewshot?: number): Promise<Task> {
  const settings = readSettings(file, overrides, numFewshot);
  refuseWhatNeedsMore(settings);
  const measures = measuresOf(settings, file.path);
  const split = settings.testSplit ?? settings.validationSplit;
  if (split === null) {
    throw new LibraError(
      'LIBRA_TASK_INVALID',
      `${file.path}: it names neither \`test_split\` nor \`validation_split\`.`,
      {
        hint: 'Say which split is evaluated.',
      },
    );
  }
  const evaluated = await loadSplit(settings, split, file.directories);
  const reader = createDocReader(settings, evaluated.columns, file.path);
  const pool = await poolOf(file, settings, split, evaluated);
  const shots = chooseShots(settings, evaluated.rows, pool);
  const ids = docIdsOf(evaluated.rows);
  const docs = fixedOrder(ids).map(
    (position): TaskDoc => ({
      id: ids[position]!,
      fields: evaluated.rows[position]!,
      position,
      shots: shots[position]!,
    }),
  );
  const tried = tryFirstDoc(
    () => {
      const first = evaluated.rows[0]!;
      return { text: reader.text(first), target: reader.target(first), choices: reader.choices(first) };
    },
    file.path,
    evaluated.columns,
  );
  const primary = measures[0]!;
  const task: Task = {
    summary: {
      name: settings.name,
      version: settings.version,
      hash: hashTask({ settings, measures, docs, pool }),
      capabilities: settings.capabilities,
      card: settings.card,
      outputType: settings.outputType,
      numFewshot: settings.numFewshot,
      metrics: measures.map(({ id, higherIsBetter, options }) => ({ metric: id, higherIsBetter, options })),
      primaryMetric: primary.id,
      size: docs.length,
    },
    settings,
    path: file.path,
    docs,
    pool,
    reader,
    measures,
    hasManyTargets: Array.isArray(tried.target),
    hasManyInputs: tried.choices !== null && typeof tried.text === 'number',
    renderedShots: new Map(),
  };
  const firstDoc = docs.find(({ position }) => position === 0)!;
  tryFirstDoc(() => buildRequests(task, firstDoc), file.path, evaluated.columns);
  return task;
}

async function poolOf(
  file: TaskFile,
  settings: ReturnType<typeof readSettings>,
  split: string,
  evaluated: Split,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  if (settings.numFewshot === 0) return [];
  const { samples, indices, split: own } = settings.fewshot;
  const fewshotSplit = fewshotSplitOf(settings);
  const rows =
    own === null && samples !== null
      ? samples
      : fewshotSplit === split || fewshotSplit === null
        ? evaluated.rows
        : (await loadSplit(settings, fewshotSplit, file.directories)).rows;
  return indices === null ? rows : indices.flatMap((index) => (rows[index] === undefined ? [] : [rows[index]]));
}

/** A template that does not fit the data is found when the task is loaded, not in the middle of the night. */
function tryFirstDoc<T>(attempt: () => T, file: string, columns: readonly string[]): T {
  try {
    return attempt();
  } catch (error) {
    if (error instanceof LibraError) throw error;
    throw new LibraError(
      'LIBRA_TASK_INVALID',
      `${file}: its templates do not fit the first doc: ${messageOf(error)}.`,
      {
        hint: `The docs have the columns ${columns.join(', ')}.`,
        cause: error,
      },
    );
  }
}
