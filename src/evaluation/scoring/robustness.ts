/**
 * How well a task's answers stand perturbations, over the docs asked both ways (HELM's definitions, metrics/metric.py):
 * the mean under a perturbation; the worst case, a doc counting with its worst answer over the original and the perturbations;
 * and the drop, original minus perturbed, with the error of the paired differences. Pure.
 */
import type { Sample } from '../../domain/sample.ts';
import type { Outcomes, Score } from '../../domain/score.ts';
import { stableId } from '../../system/hash.ts';
import type { Task } from '../task.ts';
import { aggregationOf } from './aggregation.ts';

export const ROBUSTNESS_METRICS = ['mean', 'worst_case', 'drop'] as const;

export type RobustnessMetric = (typeof ROBUSTNESS_METRICS)[number];

/** `robustness.drop` over all perturbations together, `robustness.drop,mild` over one. */
export function robustnessMetric(kind: RobustnessMetric, perturbation: string | null): string {
  return `robustness.${kind}${perturbation === null ? '' : `,${perturbation}`}`;
}

/** A slice of a task as asked and answered: samples of docs [0, docs) of its fixed order. */
interface Answered {
  readonly task: Task;
  readonly docs: number;
  readonly samples: readonly Sample[];
}

export interface Robustness {
  readonly scores: readonly Score[];
  /** The worst case doc by doc, so that it can be followed over checkpoints. */
  readonly outcomes: readonly Outcomes[];
}

/** Scores of the original task, all perturbations together first. `variants` are those of this task that were answered. */
export function robustnessOf(original: Answered, variants: readonly Answered[]): Robustness {
  if (variants.length === 0) return { scores: [], outcomes: [] };
  const groups = [
    { perturbation: null, members: variants },
    ...variants.map((variant) => ({ perturbation: variant.task.summary.variant!.perturbation, members: [variant] })),
  ];
  const measured = groups.map(({ perturbation, members }) => measureGroup(original, members, perturbation));
  return { scores: measured.flatMap(({ scores }) => scores), outcomes: measured.map(({ outcomes }) => outcomes) };
}

function measureGroup(
  original: Answered,
  members: readonly Answered[],
  perturbation: string | null,
): { readonly scores: readonly Score[]; readonly outcomes: Outcomes } {
  const { summary, measures } = original.task;
  const { id, higherIsBetter } = measures[0]!;
  const docs = Math.min(original.docs, ...members.map((member) => member.docs));
  const before = valuesOf(original, id);
  const after = members.map((member) => valuesOf(member, id));
  const worst = new Float32Array(docs).fill(Number.NaN);
  const per: Record<RobustnessMetric, number[]> = { mean: [], worst_case: [], drop: [] };
  for (let doc = 0; doc < docs; doc++) {
    const first = before.get(doc);
    const others = after.flatMap((values) => values.get(doc) ?? []);
    // Only docs with an answer to every way of asking, so that the numbers are over the same docs.
    if (first === undefined || others.length < members.length) continue;
    const mean = others.reduce((sum, value) => sum + value, 0) / others.length;
    const least = higherIsBetter ? Math.min(first, ...others) : Math.max(first, ...others);
    per.mean.push(mean);
    per.worst_case.push(least);
    per.drop.push(higherIsBetter ? first - mean : mean - first);
    worst[doc] = least;
  }
  // Another perturbation, seed or set of them is another series.
  const taskHash = stableId(summary.hash, ...members.map(({ task }) => task.summary.hash).sort());
  const { value: meanOf, stderr: stderrOf } = aggregationOf('mean');
  const scores = ROBUSTNESS_METRICS.map((kind): Score => {
    const values = per[kind].map((value) => ({ value }));
    return {
      task: summary.name,
      metric: robustnessMetric(kind, perturbation),
      value: values.length === 0 ? Number.NaN : meanOf(values),
      stderr: values.length < 2 ? Number.NaN : stderrOf(values),
      n: values.length,
      failed: docs - values.length,
      higherIsBetter: kind === 'drop' ? false : higherIsBetter,
      taskVersion: summary.version,
      taskHash,
      family: 'robustness',
    };
  });
  const outcomes: Outcomes = {
    task: summary.name,
    metric: robustnessMetric('worst_case', perturbation),
    taskHash,
    higherIsBetter,
    values: worst,
  };
  return { scores, outcomes };
}

function valuesOf({ samples }: Answered, metric: string): ReadonlyMap<number, number> {
  const known = samples.flatMap(({ index, values }) => {
    const value = values[metric];
    return value === undefined || Number.isNaN(value) ? [] : [[index, value] as const];
  });
  return new Map(known);
}

/** The mean of a robustness metric over tasks. */
export interface RobustnessMean {
  /** Null for all perturbations together. */
  readonly perturbation: string | null;
  readonly metric: RobustnessMetric;
  readonly value: number;
  /** Tasks are independent, so the variance of the mean is the sum of theirs over k^2; NaN when one has none. */
  readonly stderr: number;
  readonly tasks: number;
  readonly n: number;
}

/** Arithmetic means over the tasks that have the metric, each task once. */
export function meanRobustness(scores: readonly Score[]): RobustnessMean[] {
  const groups = new Map<string, Score[]>();
  for (const score of scores) {
    if (!score.metric.startsWith('robustness.') || Number.isNaN(score.value)) continue;
    groups.set(score.metric, [...(groups.get(score.metric) ?? []), score]);
  }
  return [...groups].map(([name, members]) => {
    const [metric, perturbation = null] = name.slice('robustness.'.length).split(',') as [RobustnessMetric, string?];
    const k = members.length;
    return {
      perturbation,
      metric,
      value: members.reduce((sum, { value }) => sum + value, 0) / k,
      stderr: Math.sqrt(members.reduce((sum, { stderr }) => sum + stderr ** 2, 0)) / k,
      tasks: k,
      n: members.reduce((sum, { n }) => sum + n, 0),
    };
  });
}
