/** The docs' values under one measure -> its score. Pure. */
import type { Score } from '../../domain/score.ts';
import type { Task, TaskMeasure } from '../task.ts';
import { aggregationOf } from './aggregation.ts';
import type { DocValue, Metric } from './metric.ts';

/**
 * NaN with its reason where too few docs have a value.
 * @param values of the docs that have one
 * @param failed docs planned but without an answer
 */
export function scoreOf(task: Task, measure: TaskMeasure, values: readonly DocValue[], failed: number): Score {
  const { metric } = measure;
  const reason = whyUndefined(metric, values.length);
  const aggregation = aggregationOf(measure.aggregation);
  return {
    task: task.summary.name,
    metric: measure.id,
    value: reason === null ? aggregation.value(values) : Number.NaN,
    stderr: reason === null ? aggregation.stderr(values) : Number.NaN,
    n: values.length,
    failed,
    higherIsBetter: measure.higherIsBetter,
    taskVersion: task.summary.version,
    taskHash: task.summary.hash,
    family: metric.family ?? 'accuracy',
    unit: unitOf(metric),
    isAttached: task.attached.includes(measure),
    reason,
  };
}

function whyUndefined({ fewestDocs = 1 }: Metric, n: number): string | null {
  if (n === 0) return 'no doc has a value';
  return n < fewestDocs ? `under ${fewestDocs} docs` : null;
}

/** As people read it; bits are always those of a byte. */
export function unitOf({ unit }: Metric): string {
  if (unit === 'bits') return 'bits per byte';
  return unit === 'distance' || unit === 'correlation' ? '' : unit;
}
