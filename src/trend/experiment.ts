/** Two runs side by side: who is ahead at equal tokens, by how much on the whole way, and who reaches a level first. Pure. */
import { Z95 } from './distributions.ts';
import type { Interval } from './interval.ts';
import type { MeasuredSeries } from './measured-series.ts';

/** One run's checkpoints in a frame that holds those of both. */
export interface Arm {
  /** Frame positions, ascending. */
  readonly positions: readonly number[];
  /** Tokens (or steps) of each. */
  readonly xs: readonly number[];
  /** Variance of the jitter of one checkpoint, in score units squared. */
  readonly jitter: number;
}

export interface Estimate {
  readonly value: number;
  readonly ci95: Interval;
}

export interface ArmsCompared {
  /** Where both have been: from, and the last x that both reached. */
  readonly range: readonly [from: number, to: number];
  /** b - a at the end of the range, on straight lines between checkpoints. */
  readonly atEnd: Estimate;
  /** Mean of b - a over the range: the area between the curves by its length. */
  readonly area: Estimate;
}

/** @returns null where the two have no stretch in common */
export function compareArms(series: MeasuredSeries, a: Arm, b: Arm): ArmsCompared | null {
  const from = Math.max(a.xs[0] ?? Number.NaN, b.xs[0] ?? Number.NaN);
  const to = Math.min(a.xs.at(-1) ?? Number.NaN, b.xs.at(-1) ?? Number.NaN);
  if (!(to > from)) return null;
  const grid = [...new Set([from, ...a.xs, ...b.xs, to])].filter((x) => x >= from && x <= to).sort((x, y) => x - y);
  const atEnd = new Coefficients();
  atEnd.addLine(b, to, 1);
  atEnd.addLine(a, to, -1);
  const area = new Coefficients();
  for (const [i, x] of grid.slice(1).entries()) {
    // The trapezoid rule is exact: between the grid's points both curves are straight.
    const half = (x - grid[i]!) / 2 / (to - from);
    for (const end of [grid[i]!, x]) {
      area.addLine(b, end, half);
      area.addLine(a, end, -half);
    }
  }
  return { range: [from, to], atEnd: atEnd.estimate(series, a, b), area: area.estimate(series, a, b) };
}

/** A weighted sum of checkpoints. */
class Coefficients {
  readonly #of = new Map<number, number>();

  /** `times` the straight line between an arm's checkpoints, at x. */
  addLine({ positions, xs }: Arm, x: number, times: number): void {
    const right = Math.max(
      1,
      xs.findIndex((each) => each >= x),
    );
    const span = xs[right]! - xs[right - 1]!;
    const share = span > 0 ? (x - xs[right - 1]!) / span : 1;
    this.#add(positions[right - 1]!, times * (1 - share));
    this.#add(positions[right]!, times * share);
  }

  #add(position: number, times: number): void {
    if (times !== 0) this.#of.set(position, (this.#of.get(position) ?? 0) + times);
  }

  /** Variance of a linear contrast: over docs, which both arms answered, and the jitter of each checkpoint by itself. */
  estimate(series: MeasuredSeries, a: Arm, b: Arm): Estimate {
    const terms = [...this.#of].filter(([, weight]) => weight !== 0).sort((x, y) => Math.abs(y[1]) - Math.abs(x[1]));
    const [pivot, ...others] = terms;
    if (pivot === undefined) return { value: Number.NaN, ci95: [Number.NaN, Number.NaN] };
    const [position, scale] = pivot;
    const { difference, variance } = series.contrast(
      [position],
      others.map(([each]) => each),
      others.map(([, weight]) => -weight / scale),
    );
    const jitterOf = (each: number) => (a.positions.includes(each) ? a.jitter : b.jitter);
    const jitter = terms.reduce((sum, [each, weight]) => sum + weight ** 2 * jitterOf(each), 0);
    const value = scale * difference;
    const half = Z95 * Math.sqrt(scale ** 2 * variance + jitter);
    return { value, ci95: [value - half, value + half] };
  }
}

export interface Reached {
  /** x at which the curve first reaches the level; null when it has not. */
  readonly x: number | null;
  /** 95 %: where the upper and the lower edge of its band reach it; null beyond what was seen. */
  readonly ci95: readonly [earliest: number | null, latest: number | null];
}

/**
 * Where a curve reaches a level: first crossing of its monotone regression (pool adjacent violators; Barlow et al. 1972), its interval by inverting
 * the band of the curve (Draper & Smith 1998, 3.2).
 */
export function reachLevel(series: MeasuredSeries, arm: Arm, level: number): Reached {
  const sign = series.higherIsBetter ? 1 : -1;
  const values = monotone(arm.positions.map((position) => sign * series.mean(position)));
  const bands = arm.positions.map((position) => {
    const n = series.panels.reduce((sum, panel) => sum + panel.counts[position]!, 0);
    return Z95 * Math.sqrt(series.docSpread ** 2 / Math.max(1, n) + arm.jitter);
  });
  const crossing = (curve: readonly number[]) => firstCrossing(arm.xs, monotone(curve), sign * level);
  return {
    x: crossing(values),
    ci95: [
      crossing(values.map((value, i) => value + bands[i]!)),
      crossing(values.map((value, i) => value - bands[i]!)),
    ],
  };
}

function firstCrossing(xs: readonly number[], values: readonly number[], level: number): number | null {
  const at = values.findIndex((value) => value >= level);
  if (at < 0) return null;
  if (at === 0) return xs[0]!;
  const [before, after] = [values[at - 1]!, values[at]!];
  return xs[at - 1]! + ((level - before) / (after - before)) * (xs[at]! - xs[at - 1]!);
}

/** Least squares among curves that never fall. */
function monotone(values: readonly number[]): number[] {
  const blocks: { mean: number; count: number }[] = [];
  for (const value of values) {
    blocks.push({ mean: value, count: 1 });
    while (blocks.length > 1 && blocks.at(-2)!.mean > blocks.at(-1)!.mean) {
      const [b, a] = [blocks.pop()!, blocks.pop()!];
      const count = a.count + b.count;
      blocks.push({ mean: (a.count * a.mean + b.count * b.mean) / count, count });
    }
  }
  return blocks.flatMap(({ mean, count }) => Array.from({ length: count }, () => mean));
}
