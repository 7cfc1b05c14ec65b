/** A task file -> a Task: data read, examples drawn, templates tried on the first doc. */
import { LibraError, messageOf } from '../../domain/errors.ts';
import type { TaskMetric } from '../../domain/task.ts';
import { buildRequests } from '../asking/build-requests.ts';
import { createDocReader } from '../asking/doc-fields.ts';
import { PLAIN_PROMPTING } from '../asking/prompting.ts';
import type { KeepLimits } from '../data/keep-docs.ts';
import { readDocs } from '../data/read-docs.ts';
import { type DataSources, NO_SOURCES } from '../data/sources/data-sources.ts';
import type { Task, TaskMeasure } from '../task.ts';
import { attachedMeasures } from './attach-measures.ts';
import type { TaskFile } from './read-task-file.ts';
import type { YamlFields } from './read-yaml.ts';
import { hashTask } from './task-hash.ts';
import { measuresOf } from './task-measures.ts';
import { readSettings, refuseWhatNeedsMore } from './task-settings.ts';

export interface BuildOptions {
  /** Replaces num_fewshot, except where a task insists on 0. */
  readonly numFewshot?: number | undefined;
  /** Where data sets are looked for beside the task's own directory. */
  readonly sources?: DataSources | undefined;
  /** How much of a huge data set is kept. */
  readonly limits?: KeepLimits | undefined;
}

/**
 * @param overrides keys a group sets over the file
 * @throws LibraError LIBRA_TASK_INVALID, LIBRA_DATASET_MISSING or LIBRA_DATASET_INVALID
 */
export async function buildTask(
  file: TaskFile,
  overrides: YamlFields = {},
  { numFewshot, sources = NO_SOURCES, limits }: BuildOptions = {},
): Promise<Task> {
  const settings = readSettings(file, overrides, numFewshot);
  refuseWhatNeedsMore(settings);
  const measures = measuresOf(settings, file.path);
  const { docs, hashed, pool, contentAt, columns, signature, first, dataset } = await readDocs(
    file,
    settings,
    sources,
    limits,
  );
  const reader = createDocReader(settings, columns, file.path);
  const tried = tryDocs(
    [first, ...docs.map(({ fields }) => fields)],
    (row) => ({ text: reader.text(row), target: reader.target(row), choices: reader.choices(row) }),
    file.path,
    columns,
  );
  const primary = measures[0]!;
  const hasManyInputs = tried.choices !== null && typeof tried.text === 'number';
  const attached = attachedMeasures({ outputType: settings.outputType, hasManyInputs, measures });
  const task: Task = {
    summary: {
      name: settings.name,
      version: settings.version,
      hash: hashTask({
        settings,
        measures,
        docs: hashed,
        dataset: docs.length === dataset.rows ? null : dataset.hash,
        signature,
        contentAt,
      }),
      capabilities: settings.capabilities,
      card: settings.card,
      outputType: settings.outputType,
      numFewshot: settings.numFewshot,
      metrics: [...measures.map(metricOf), ...attached.map(attachedMetricOf)],
      primaryMetric: primary.id,
      size: dataset.rows,
    },
    settings,
    path: file.path,
    docs,
    dataset,
    pool,
    reader,
    measures,
    attached,
    hasManyTargets: Array.isArray(tried.target),
    hasManyInputs,
    prompting: PLAIN_PROMPTING,
    renderedShots: new Map(),
  };
  tryDocs(docs, (doc) => buildRequests(task, doc), file.path, columns);
  return task;
}

function metricOf({ id, higherIsBetter, options, metric }: TaskMeasure): TaskMetric {
  return { metric: id, higherIsBetter, options, family: metric.family ?? 'accuracy' };
}

function attachedMetricOf(measure: TaskMeasure): TaskMetric {
  const { probe } = measure.metric;
  return { ...metricOf(measure), isAttached: true, ...(probe !== undefined && { probe }) };
}

/** Docs that are tried: where so many fit none, none will. */
const TRIED_DOCS = 50;

/**
 * A template that does not fit the data is found when the task is loaded, not in the middle of the night; one that only some docs
 * do not fit fails those docs.
 * @returns what the first doc that fits gives
 */
function tryDocs<D, T>(docs: readonly D[], attempt: (doc: D) => T, file: string, columns: readonly string[]): T {
  let first: unknown;
  for (const doc of docs.slice(0, TRIED_DOCS)) {
    try {
      return attempt(doc);
    } catch (error) {
      first ??= error;
    }
  }
  if (first instanceof LibraError) throw first;
  throw new LibraError('LIBRA_TASK_INVALID', `${file}: its templates do not fit the docs: ${messageOf(first)}.`, {
    hint: `The docs have the columns ${columns.join(', ')}.`,
    cause: first,
  });
}
