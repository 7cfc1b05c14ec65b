/** Medians and what is built on them: statistics that one freak value cannot move. */

export function median(values: readonly number[] | Float64Array): number {
  if (values.length === 0) return Number.NaN;
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Standard deviation from the median absolute deviation (x 1.4826, consistent for the normal; Hampel 1974). */
export function robustDeviation(values: readonly number[] | Float64Array, centre = median(values)): number {
  return 1.4826 * median(Array.from(values, (value) => Math.abs(value - centre)));
}

/** Values beyond `limit` robust deviations are pulled in to that bound; NaN stays NaN. */
export function winsorise(values: Float64Array, limit: number): Float64Array {
  const finite = values.filter(Number.isFinite);
  const centre = median(finite);
  const deviation = robustDeviation(finite, centre);
  if (!(deviation > 0)) return values;
  return values.map((value) => Math.min(centre + limit * deviation, Math.max(centre - limit * deviation, value)));
}

/** Slope and level of the Theil-Sen line (median of pairwise slopes; Sen 1968), as a function of x. */
export function theilSen(xs: readonly number[], ys: readonly number[]): (x: number) => number {
  const slopes: number[] = [];
  for (let i = 0; i < xs.length; i++) for (let j = 0; j < i; j++) slopes.push((ys[i]! - ys[j]!) / (xs[i]! - xs[j]!));
  const slope = slopes.length ? median(slopes) : 0;
  const level = median(ys.map((y, i) => y - slope * xs[i]!));
  return (x) => level + slope * x;
}
