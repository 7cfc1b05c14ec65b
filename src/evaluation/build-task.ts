/** A task file -> a Task: data read, examples drawn, templates tried on the first doc. */
import { LibraError, messageOf } from '../domain/errors.ts';
import type { TaskMetric } from '../domain/task.ts';
import { attachedMeasures } from './attach-measures.ts';
import { buildRequests } from './build-requests.ts';
import { createDocReader } from './doc-fields.ts';
import type { KeepLimits } from './keep-docs.ts';
import { readDocs } from './read-docs.ts';
import type { TaskFile } from './read-task-file.ts';
import type { YamlFields } from './read-yaml.ts';
import { type DataSources, NO_SOURCES } from './sources/data-sources.ts';
import type { Task, TaskMeasure } from './task.ts';
import { hashTask } from './task-hash.ts';
import { measuresOf } from './task-measures.ts';
import { readSettings } from './task-settings.ts';

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
  const measures = measuresOf(settings, file.path);
  const { docs, hashed, pool, contentAt, columns, signature, first, dataset } = await readDocs(
    file,
    settings,
    sources,
    limits,
  );
  const reader = createDocReader(settings, columns, file.path);
  const tried = tryFirstDoc(
    () => ({ text: reader.text(first), target: reader.target(first), choices: reader.choices(first) }),
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
    renderedShots: new Map(),
  };
  const firstDoc = docs.find(({ position }) => position === 0) ?? docs[0]!;
  tryFirstDoc(() => buildRequests(task, firstDoc), file.path, columns);
  return task;
}

function metricOf({ id, higherIsBetter, options, metric }: TaskMeasure): TaskMetric {
  return { metric: id, higherIsBetter, options, family: metric.family ?? 'accuracy' };
}

function attachedMetricOf(measure: TaskMeasure): TaskMetric {
  const { probe } = measure.metric;
  return { ...metricOf(measure), isAttached: true, ...(probe !== undefined && { probe }) };
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
