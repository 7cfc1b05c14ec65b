/** Samples -> scores, per-doc outcomes and capability scores of one checkpoint. Pure. */
import type { Sample } from '../domain/sample.ts';
import type { CapabilityScore, Outcomes, Score } from '../domain/score.ts';
import { aggregationOf } from './aggregation.ts';
import type { DocValue } from './metric.ts';
import { rollUp } from './roll-up.ts';
import type { Task, TaskMeasure } from './task.ts';

/** What was asked of a task, and the answers: samples of docs [0, docs) of its fixed order. */
export interface AnsweredSlice {
  readonly task: Task;
  readonly docs: number;
  readonly samples: readonly Sample[];
}

export interface CheckpointMeasurement {
  readonly scores: readonly Score[];
  readonly outcomes: readonly Outcomes[];
  readonly capabilities: readonly CapabilityScore[];
}

export function measureCheckpoint(slices: readonly AnsweredSlice[]): CheckpointMeasurement {
  const scores = slices.flatMap(({ task, docs, samples }) => scoresOf(task, samples, docs));
  return {
    scores,
    outcomes: slices.flatMap(({ task, docs, samples }) => outcomesOf(task, samples, docs)),
    capabilities: rollUp(
      scores,
      slices.map(({ task }) => task),
    ),
  };
}

/** One score per measure, over the docs that have a value; the value is NaN when none has. `docs` planned, default: the samples. */
export function scoresOf(task: Task, samples: readonly Sample[], docs = samples.length): Score[] {
  return task.measures.map((measure) => {
    const values = samples.flatMap((sample) => docValue(measure, sample) ?? []);
    const aggregation = aggregationOf(measure.aggregation);
    return {
      task: task.summary.name,
      metric: measure.id,
      value: values.length === 0 ? Number.NaN : aggregation.value(values),
      stderr: aggregation.stderr(values),
      n: values.length,
      failed: docs - values.length,
      higherIsBetter: measure.higherIsBetter,
      taskVersion: task.summary.version,
      taskHash: task.summary.hash,
    };
  });
}

/** Per measure the docs' values in the fixed order, `docs` long; NaN where a doc has none. */
export function outcomesOf(task: Task, samples: readonly Sample[], docs: number): Outcomes[] {
  return task.measures.map((measure) => {
    const values = new Float32Array(docs).fill(Number.NaN);
    for (const sample of samples) {
      if (sample.index < docs) values[sample.index] = sample.values[measure.id] ?? Number.NaN;
    }
    return {
      task: task.summary.name,
      metric: measure.id,
      taskHash: task.summary.hash,
      higherIsBetter: measure.higherIsBetter,
      values,
    };
  });
}

/** More than this share of docs without an answer, and a score says little: the docs that fail are the long ones. */
const TOLERATED_FAILURES = 0.005;

export function hasTooManyFailures({ n, failed }: Pick<Score, 'n' | 'failed'>): boolean {
  return failed > TOLERATED_FAILURES * (n + failed);
}

/** What a sample keeps of one measure; null when it has no value. */
export function docValue({ id }: Pick<TaskMeasure, 'id'>, sample: Sample): DocValue | null {
  const value = sample.values[id];
  if (value === undefined || Number.isNaN(value)) return null;
  const prefix = `${id}:`;
  const parts = Object.entries(sample.values).filter(([key]) => key.startsWith(prefix));
  return parts.length === 0
    ? { value }
    : { value, parts: Object.fromEntries(parts.map(([key, part]) => [key.slice(prefix.length), part])) };
}
