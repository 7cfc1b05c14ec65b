/** How the docs' values become a score with its standard error. */
import { CALIBRATION_AGGREGATIONS } from './calibration-aggregations.ts';
import { matthewsCorrelation, matthewsStderr } from './confusion.ts';
import type { DocValue } from './metric.ts';

export interface Aggregation {
  readonly id: string;
  readonly value: (docs: readonly DocValue[]) => number;
  /** NaN for fewer than two docs. */
  readonly stderr: (docs: readonly DocValue[]) => number;
}

const mean: Aggregation = {
  id: 'mean',
  value: (docs) => meanOf(docs.map(({ value }) => value)),
  /** Sample standard deviation over the square root of n, as the harness has it. */
  stderr: (docs) => stderrOfMean(docs.map(({ value }) => value)),
};

/** The harness's mean over the docs that have a number. Failed docs are left out before it anyway. */
const nanmean: Aggregation = { ...mean, id: 'nanmean' };

/** exp of the mean negative log-probability. The harness bootstraps its error; here the delta method: se(exp x) = exp(x) se(x). */
const perplexity: Aggregation = {
  id: 'perplexity',
  value: (docs) => Math.exp(mean.value(docs)),
  stderr: (docs) => Math.exp(mean.value(docs)) * mean.stderr(docs),
};

/** A ratio of sums. The harness gives no error for it; here the linearised variance of a ratio (Cochran, Sampling Techniques, 6.3). */
const bitsPerByte: Aggregation = { id: 'bits_per_byte', value: weightedMean, stderr: stderrOfRatio };

/** exp of a ratio of sums; its error by the delta method on top of the ratio's. */
const weightedPerplexity: Aggregation = {
  id: 'weighted_perplexity',
  value: (docs) => Math.exp(weightedMean(docs)),
  stderr: (docs) => Math.exp(weightedMean(docs)) * stderrOfRatio(docs),
};

/**
 * F1 of class 1 = 2 TP / (2 TP + FP + FN): a ratio of sums over docs, so its error is a ratio's too (the harness bootstraps it).
 * Docs of neither kind weigh nothing; without any of class 1 it is 0, as scikit-learn has it.
 */
const f1: Aggregation = {
  id: 'f1',
  value: (docs) => {
    const pairs = docs.map(f1Parts);
    return pairs.every(({ parts }) => parts.weight === 0) ? 0 : weightedMean(pairs);
  },
  stderr: (docs) => {
    const pairs = docs.map(f1Parts);
    return pairs.every(({ parts }) => parts.weight === 0) ? Number.NaN : stderrOfRatio(pairs);
  },
};

/** The harness bootstraps its error; here a jackknife. */
const mcc: Aggregation = { id: 'matthews_corrcoef', value: matthewsCorrelation, stderr: matthewsStderr };

export const AGGREGATIONS: readonly Aggregation[] = [
  mean,
  nanmean,
  perplexity,
  bitsPerByte,
  weightedPerplexity,
  f1,
  mcc,
  ...CALIBRATION_AGGREGATIONS,
];

/** @throws RangeError for an id that is not there: task files are checked when they are loaded */
export function aggregationOf(id: string): Aggregation {
  const found = AGGREGATIONS.find((aggregation) => aggregation.id === id);
  if (found === undefined) throw new RangeError(`There is no aggregation '${id}'.`);
  return found;
}

function f1Parts({ parts }: DocValue) {
  const isGold = parts?.gold === 1 ? 1 : 0;
  const isPredicted = parts?.predicted === 1 ? 1 : 0;
  const weight = isGold + isPredicted;
  return { value: weight === 0 ? 0 : (2 * isGold * isPredicted) / weight, parts: { weight } };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Standard error of a mean: sample standard deviation (n - 1) / sqrt(n); NaN for n < 2. */
function stderrOfMean(values: readonly number[]): number {
  const n = values.length;
  if (n < 2) return Number.NaN;
  const centre = meanOf(values);
  const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return Math.sqrt(squares / (n - 1)) / Math.sqrt(n);
}

const weightOf = (doc: DocValue): number => doc.parts?.weight ?? 1;

/** Sum of value x weight over the sum of weights. */
function weightedMean(docs: readonly DocValue[]): number {
  let total = 0;
  let weights = 0;
  for (const doc of docs) {
    total += doc.value * weightOf(doc);
    weights += weightOf(doc);
  }
  return total / weights;
}

/** sqrt(n / (n - 1) x sum (w_i (v_i - R))^2) / sum w_i, with R the weighted mean. */
function stderrOfRatio(docs: readonly DocValue[]): number {
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
