/** Means and ratios over docs, with their standard errors. */
import type { DocValue } from './metric.ts';

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Standard error of a mean: sample standard deviation (n - 1) / sqrt(n); NaN for n < 2. */
export function stderrOfMean(values: readonly number[]): number {
  const n = values.length;
  if (n < 2) return Number.NaN;
  const centre = meanOf(values);
  const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return Math.sqrt(squares / (n - 1)) / Math.sqrt(n);
}

const weightOf = (doc: DocValue): number => doc.parts?.weight ?? 1;

/** Sum of value x weight over the sum of weights. */
export function weightedMean(docs: readonly DocValue[]): number {
  let total = 0;
  let weights = 0;
  for (const doc of docs) {
    total += doc.value * weightOf(doc);
    weights += weightOf(doc);
  }
  return total / weights;
}

/** sqrt(n / (n - 1) x sum (w_i (v_i - R))^2) / sum w_i, with R the weighted mean. */
export function stderrOfRatio(docs: readonly DocValue[]): number {
  const n = docs.length;
  if (n < 2) return Number.NaN;
  const ratio = weightedMean(docs);
  let squares = 0;
  let weights = 0;
  for (const doc of docs) {
    squares += (weightOf(doc) * (doc.value - ratio)) ** 2;
    weights += weightOf(doc);
  }
  return Math.sqrt((n / (n - 1)) * squares) / weights;
}
