/** Compares any two evaluated checkpoints: paired differences of every task and capability node, and the docs that flipped. */
import type { MeasuredTask } from '../domain/task.ts';
import type { CheckpointOutcomes, FlippedDoc, SeriesKey } from '../domain/trend.ts';
import { studentTail } from './distributions.ts';
import { holm } from './holm.ts';
import { type Interval, meanInterval } from './interval.ts';
import { effectOf, type MeasuredSeries } from './measured-series.ts';
import { readHistory } from './read-history.ts';
import { signFlipP } from './sign-flip.ts';

export interface Comparison {
  readonly series: SeriesKey;
  readonly higherIsBetter: boolean;
  readonly a: number;
  readonly b: number;
  /** b - a over the docs both have, with its paired 95 % t interval: these two checkpoints on these docs, jitter not counted. */
  readonly difference: number;
  readonly stderr: number;
  readonly ci95: Interval;
  readonly n: number;
  /** False where the docs of a side are not known: then each side's own error counts in full. */
  readonly isPaired: boolean;
  /** Two-sided p of the paired t-test (exact over the signs of the differences under 100 docs), and the same adjusted over all tasks or all nodes (Holm 1979). */
  readonly p: number;
  readonly adjustedP: number;
  /** Smallest difference worth telling here, in the score's own units. */
  readonly worthTelling: number;
  /** Docs right in a and wrong in b, and the other way round (for metrics of right and wrong). */
  readonly lost: readonly FlippedDoc[];
  readonly gained: readonly FlippedDoc[];
}

/** What both checkpoints measured with the same task hash; what only one has is not compared. */
export function compareCheckpoints(
  a: CheckpointOutcomes,
  b: CheckpointOutcomes,
  tasks: readonly MeasuredTask[],
): Comparison[] {
  const shared = tasks.filter((task) => {
    const [inA, inB] = [a, b].map((each) =>
      each.outcomes.find((o) => o.task === task.name && o.metric === task.primaryMetric),
    );
    return inA !== undefined && inB !== undefined && inA.taskHash === inB.taskHash;
  });
  const { series } = readHistory([a, b], shared);
  const compared = series.filter((each) => each.positions.length === 2).map(compareSeries);
  return [
    ...adjustedTogether(compared.filter((each) => each.series.task !== null)),
    ...adjustedTogether(compared.filter((each) => each.series.task === null)),
  ];
}

function compareSeries(series: MeasuredSeries): Comparison {
  const { difference, variance, n } = series.contrast([1], [0]);
  const stderr = Math.sqrt(variance);
  const p = pairedP(series, difference, stderr, n);
  return {
    series: series.key,
    higherIsBetter: series.higherIsBetter,
    a: series.mean(0),
    b: series.mean(1),
    difference,
    stderr,
    ci95: meanInterval(difference, stderr, n),
    n,
    isPaired: series.panels.every((panel) => panel.isPaired !== false),
    p,
    adjustedP: p,
    worthTelling: effectOf(series, series.mean(0)),
    lost: flipped(series, 0, 1),
    gained: flipped(series, 1, 0),
  };
}

/** Fewer docs than this are tested by the signs of their differences, where these can all be tried. */
const FEW_DOCS = 100;

/** Two-sided: paired t-test (Student 1908), or for few docs the exact sign-flip test: a handful of docs that agree has no variance to test with. */
function pairedP(series: MeasuredSeries, difference: number, stderr: number, n: number): number {
  if (n < 2) return 1;
  const exact = n < FEW_DOCS ? signFlipP(docDifferences(series)) : null;
  return exact ?? Math.min(1, 2 * studentTail(Math.abs(difference / stderr), n - 1));
}

/** What each doc adds to the difference of the series: tasks weigh the same whatever their number of docs. */
function docDifferences({ panels }: MeasuredSeries): number[] {
  return panels.flatMap((panel) => {
    const own = Array.from({ length: panel.docs }, (_, doc) => panel.at(doc, 1) - panel.at(doc, 0));
    const known = own.filter(Number.isFinite);
    return known.map((each) => each / known.length);
  });
}

/** Docs that are right at one position and wrong at the other. */
function flipped(series: MeasuredSeries, right: number, wrong: number): FlippedDoc[] {
  return series.panels
    .filter((panel) => panel.noise.kind === 'proportion')
    .flatMap((panel) =>
      Array.from({ length: panel.docs }, (_, index) => ({ task: panel.task, index })).filter(
        ({ index }) => panel.at(index, right) > 0.5 && panel.at(index, wrong) <= 0.5,
      ),
    );
}

/** The chance that any of these is a false find stays below their p. */
function adjustedTogether(compared: readonly Comparison[]): Comparison[] {
  const adjusted = holm(compared.map(({ p }) => p));
  return compared.map((each, i) => ({ ...each, adjustedP: adjusted[i]! }));
}
