/** Docs that share a passage or a subject are right and wrong together: what a mean of them really tells. */
import { studentTail } from './distributions.ts';
import { signFlipP } from './sign-flip.ts';

/** Fewer clusters than this make the robust variance too small; their signs are flipped instead. */
export const FEWEST_CLUSTERS = 30;

export interface ClusteredMean {
  /** Mean over the docs, each doc weighing the same. */
  readonly mean: number;
  /** Cluster-robust variance of the mean; NaN with fewer than two clusters. */
  readonly variance: number;
  /** Docs with a value, and clusters among them. */
  readonly n: number;
  readonly clusters: number;
  /** Two-sided: t with clusters - 1 degrees of freedom, or exact over the signs of few clusters; null when neither can be told. */
  readonly p: number | null;
}

/**
 * Mean of per-doc values (such as paired differences) with the variance that holds when docs of one cluster move together:
 * G / (G - 1) x sum over clusters of (sum of residuals)^2 / n^2 (Liang & Zeger 1986; CR1 of Cameron & Miller 2015, section II).
 * @param clusters cluster of each doc, any integers; a doc beyond its end or with a negative one stands for itself
 */
export function clusteredMean(values: ArrayLike<number>, clusters: ArrayLike<number>): ClusteredMean {
  const sums = new Map<number | string, { sum: number; count: number }>();
  let [total, n] = [0, 0];
  for (let doc = 0; doc < values.length; doc++) {
    const value = values[doc]!;
    if (!Number.isFinite(value)) continue;
    const cluster = clusters[doc];
    const key = cluster === undefined || cluster < 0 ? `doc ${doc}` : cluster;
    const known = sums.get(key) ?? { sum: 0, count: 0 };
    known.sum += value;
    known.count++;
    sums.set(key, known);
    total += value;
    n++;
  }
  if (n === 0) return { mean: Number.NaN, variance: Number.NaN, n, clusters: 0, p: null };
  const mean = total / n;
  const count = sums.size;
  let squares = 0;
  for (const { sum, count: docs } of sums.values()) squares += (sum - docs * mean) ** 2;
  const variance = count < 2 ? Number.NaN : (count / (count - 1)) * (squares / n ** 2);
  return { mean, variance, n, clusters: count, p: testOf(mean, variance, [...sums.values()]) };
}

function testOf(mean: number, variance: number, clusters: readonly { readonly sum: number }[]): number | null {
  if (clusters.length < 2) return null;
  if (clusters.length >= FEWEST_CLUSTERS && variance > 0)
    return Math.min(1, 2 * studentTail(Math.abs(mean) / Math.sqrt(variance), clusters.length - 1));
  return signFlipP(clusters.map(({ sum }) => sum));
}

/**
 * How many times larger clustering makes the variance of a mean (design effect, Kish 1965): 1 where docs are as good as independent.
 * Never below 1, so that a chance arrangement makes nobody surer.
 */
export function designEffect(values: ArrayLike<number>, clusters: ArrayLike<number>): number {
  const clustered = clusteredMean(values, clusters);
  const single = clusteredMean(values, []);
  const ratio = clustered.variance / single.variance;
  return Number.isFinite(ratio) ? Math.max(1, ratio) : 1;
}
