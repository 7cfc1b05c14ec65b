/**
 * Scores of a whole corpus (BLEU, chrF, TER) come from counts that are summed over the docs first: a doc keeps its counts,
 * so that any subset of the docs can be scored without reading the texts again.
 */
import type { DocValue } from '../metric.ts';

export interface CorpusScore {
  /** Names of the counts, in the order `scoreOf` takes them. */
  readonly counts: readonly string[];
  /** Score, 0 to 100 (TER may exceed it), of summed counts. */
  readonly scoreOf: (sums: ArrayLike<number>) => number;
}

/** A doc's own score with its counts beside it. */
export function docValueOf({ counts }: CorpusScore, value: number, numbers: readonly number[]): DocValue {
  return { value, parts: Object.fromEntries(counts.map((name, i) => [name, numbers[i]!])) };
}

/** Rows of counts, one a doc, behind each other. */
export function countsOf({ counts }: CorpusScore, docs: readonly DocValue[]): Float64Array {
  const rows = new Float64Array(docs.length * counts.length);
  docs.forEach(({ parts }, doc) => {
    counts.forEach((name, i) => {
      rows[doc * counts.length + i] = parts?.[name] ?? 0;
    });
  });
  return rows;
}

export function corpusScore(score: CorpusScore, docs: readonly DocValue[]): number {
  return score.scoreOf(sumsOf(countsOf(score, docs), score.counts.length));
}

/** Jackknife: sqrt((n - 1) / n x sum (leave-one-out - their mean)^2); NaN for fewer than two docs. */
export function corpusStderr(score: CorpusScore, docs: readonly DocValue[]): number {
  const n = docs.length;
  if (n < 2) return Number.NaN;
  const width = score.counts.length;
  const rows = countsOf(score, docs);
  const sums = sumsOf(rows, width);
  const without = docs.map((_, doc) => score.scoreOf(sums.map((sum, i) => sum - rows[doc * width + i]!)));
  const mean = without.reduce((sum, one) => sum + one, 0) / n;
  return Math.sqrt(((n - 1) / n) * without.reduce((sum, one) => sum + (one - mean) ** 2, 0));
}

/** The score of docs drawn with repetition, given by their places. */
export function resampledScore(score: CorpusScore, docs: readonly DocValue[]): (places: Uint32Array) => number {
  const width = score.counts.length;
  const rows = countsOf(score, docs);
  return (places) => {
    const sums = new Float64Array(width);
    for (const place of places) for (let i = 0; i < width; i++) sums[i]! += rows[place * width + i]!;
    return score.scoreOf(sums);
  };
}

function sumsOf(rows: Float64Array, width: number): Float64Array {
  const sums = new Float64Array(width);
  for (let at = 0; at < rows.length; at++) sums[at % width]! += rows[at]!;
  return sums;
}
