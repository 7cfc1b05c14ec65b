/** Samples -> scores, per-doc outcomes and capability scores of one checkpoint. Pure. */
import type { EngineFigures } from '../../domain/engine-figures.ts';
import type { Sample } from '../../domain/sample.ts';
import type { CapabilityScore, Outcomes, Score } from '../../domain/score.ts';
import type { Task, TaskMeasure } from '../task.ts';
import { measureAttached } from './measure-attached.ts';
import type { DocValue } from './metric.ts';
import { outcomeReach } from './outcome-reach.ts';
import { robustnessOf } from './robustness.ts';
import { rollUp, type UnmeasuredTask } from './roll-up.ts';
import { scoreOf } from './score-of.ts';

/** What was asked of a task, and the answers. */
export interface AnsweredSlice {
  readonly task: Task;
  /** Docs [0, docs) of its fixed order: what scores are made of. */
  readonly docs: number;
  /** Docs asked behind them, by index: picked for what they tell, so they count in comparisons doc by doc and never in a score. */
  readonly beyond?: readonly number[] | undefined;
  readonly samples: readonly Sample[];
  /** What the engine took for it; left out where nobody measured it. */
  readonly engine?: EngineFigures | undefined;
}

export interface CheckpointMeasurement {
  readonly scores: readonly Score[];
  readonly outcomes: readonly Outcomes[];
  readonly capabilities: readonly CapabilityScore[];
}

/**
 * A perturbed variant has no scores of its own: with the task it is a variant of, it says how robust that one is.
 * @param unmeasured tasks that were to be measured and were not: nodes that lack one are gaps
 */
export function measureCheckpoint(
  slices: readonly AnsweredSlice[],
  unmeasured: readonly UnmeasuredTask[] = [],
): CheckpointMeasurement {
  const originals = slices.filter(({ task }) => task.summary.variant === undefined);
  const measured = originals.map((slice) => {
    const { task, docs, samples } = slice;
    const nested = samples.filter(({ index }) => index < docs);
    const attached = measureAttached(slice);
    const robustness = robustnessOf(
      slice,
      slices.filter((other) => other.task.summary.variant?.of === task.summary.name),
    );
    return {
      scores: [...scoresOf(task, nested, docs), ...attached.scores, ...robustness.scores],
      outcomes: [...outcomesOf(task, samples, outcomeReach(slice)), ...attached.outcomes, ...robustness.outcomes],
    };
  });
  const scores = measured.flatMap((one) => one.scores);
  return {
    scores,
    outcomes: measured.flatMap(({ outcomes }) => outcomes),
    capabilities: rollUp(
      scores,
      originals.map(({ task }) => task),
      unmeasured.filter(({ task }) => task.summary.variant === undefined),
    ),
  };
}

/** One score per measure, over the docs that have a value; the value is NaN when none has. `docs` planned, default: the samples. */
export function scoresOf(task: Task, samples: readonly Sample[], docs = samples.length): Score[] {
  return task.measures.map((measure) => {
    const values = samples.flatMap((sample) => docValue(measure, sample) ?? []);
    return scoreOf(task, measure, values, docs - values.length);
  });
}

/** Per measure the docs' values in the fixed order, `docs` long; NaN where a doc has none, or was not asked. */
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
