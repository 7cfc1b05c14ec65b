/**
 * Alignment tax: what tuning gave and took, capability by capability, against the base model it started from. Both answered the same docs,
 * so every difference is paired. Pure.
 */
import type { MeasuredTask } from '../domain/task.ts';
import type { CheckpointOutcomes, SeriesKey } from '../domain/trend.ts';
import { type Comparison, compareCheckpoints } from './compare.ts';
import type { Interval } from './interval.ts';

/** `raised` and `lowered` are sure at 5 % over the whole table; `same` excludes any change worth telling; everything else is unknown. */
export type TaxVerdict = 'raised' | 'lowered' | 'same' | 'unknown';

export interface TaxRow {
  readonly series: SeriesKey;
  readonly higherIsBetter: boolean;
  readonly base: number;
  readonly tuned: number;
  /** tuned - base over the docs both answered, with its paired 95 % interval. */
  readonly difference: number;
  readonly stderr: number;
  readonly ci95: Interval;
  readonly n: number;
  /** Two-sided, adjusted over all tasks or all nodes (Holm 1979). */
  readonly adjustedP: number;
  readonly verdict: TaxVerdict;
  /** Docs right before and wrong now, and the other way round. */
  readonly lost: number;
  readonly gained: number;
  /** Its docs are the same but were put differently: the tuned model was asked through its chat template. */
  readonly isAskedDifferently: boolean;
}

export interface AlignmentTax {
  /** Capability nodes first, then tasks. */
  readonly rows: readonly TaxRow[];
  readonly notComparable: readonly { readonly task: string; readonly reason: string }[];
}

/** What tells whether two measurements of a task answered the same docs. */
export interface TaskBasis {
  readonly taskHash: string;
  readonly dataHash: string;
  readonly promptHash: string;
}

const SIGNIFICANT = 0.05;

export function alignmentTax(
  base: CheckpointOutcomes,
  tuned: CheckpointOutcomes,
  tasks: readonly MeasuredTask[],
  basisOf: (checkpoint: string, task: string) => TaskBasis | null,
): AlignmentTax {
  const notComparable: { task: string; reason: string }[] = [];
  const differently = new Set<string>();
  const shared = tasks.filter(({ name, primaryMetric }) => {
    const [before, after] = [base, tuned].map(({ outcomes }) =>
      outcomes.find((one) => one.task === name && one.metric === primaryMetric),
    );
    if (before === undefined || after === undefined) {
      notComparable.push({
        task: name,
        reason: `not measured on the ${before === undefined ? 'base' : 'tuned'} model`,
      });
      return false;
    }
    if (before.taskHash === after.taskHash) return true;
    const [ofBase, ofTuned] = [basisOf(base.checkpoint, name), basisOf(tuned.checkpoint, name)];
    if (ofBase !== null && ofTuned !== null && ofBase.dataHash === ofTuned.dataHash) {
      differently.add(name);
      return true;
    }
    notComparable.push({ task: name, reason: 'the two answered different docs' });
    return false;
  });
  const compared = compareCheckpoints(alike(base, tuned, differently), tuned, shared);
  const rows = compared.map(({ series, higherIsBetter, a, b, lost, gained, ...rest }): TaxRow => {
    const { difference, stderr, ci95, n, adjustedP, worthTelling } = rest;
    const inIt = shared.filter(({ name }) => name === series.task);
    return {
      series,
      higherIsBetter,
      base: a,
      tuned: b,
      difference,
      stderr,
      ci95,
      n,
      adjustedP,
      verdict: verdictOf({ higherIsBetter, difference, ci95, adjustedP, worthTelling }),
      lost: lost.length,
      gained: gained.length,
      isAskedDifferently: inIt.some(({ name }) => differently.has(name)),
    };
  });
  return {
    rows: [
      ...rows.filter(({ series }) => series.capability !== null),
      ...rows.filter(({ series }) => series.capability === null),
    ],
    notComparable,
  };
}

/** Tasks whose docs are the same pass for the same segment. */
function alike(
  base: CheckpointOutcomes,
  tuned: CheckpointOutcomes,
  differently: ReadonlySet<string>,
): CheckpointOutcomes {
  const hashes = new Map(tuned.outcomes.map(({ task, metric, taskHash }) => [`${task}\n${metric}`, taskHash]));
  return {
    ...base,
    outcomes: base.outcomes.map((one) =>
      differently.has(one.task) ? { ...one, taskHash: hashes.get(`${one.task}\n${one.metric}`) ?? one.taskHash } : one,
    ),
  };
}

function verdictOf({
  higherIsBetter,
  difference,
  ci95: [low, high],
  adjustedP,
  worthTelling,
}: Pick<Comparison, 'higherIsBetter' | 'difference' | 'ci95' | 'adjustedP' | 'worthTelling'>): TaxVerdict {
  if (adjustedP < SIGNIFICANT) return difference > 0 === higherIsBetter ? 'raised' : 'lowered';
  return low > -worthTelling && high < worthTelling ? 'same' : 'unknown';
}
