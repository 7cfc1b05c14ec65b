/** Exact test of a mean of few differences: under no change each could as well have had the other sign (Fisher 1935). */
import { logGamma } from './distributions.ts';

/** Differences that are not zero, up to which all their signs are tried: two halves of 2^14 sums each. */
const MOST = 28;

/**
 * Two-sided p of the sum of differences over all their sign patterns; zeros and non-finite values say nothing either way.
 * Where all have one size this is the sign test, which is McNemar's exact test (1947) for right and wrong.
 * Null when there are too many of unequal size to try them all: the t-test is good there.
 */
export function signFlipP(differences: readonly number[] | Float64Array): number | null {
  const sizes: number[] = [];
  let [sum, positive] = [0, 0];
  for (const difference of differences) {
    if (difference === 0 || !Number.isFinite(difference)) continue;
    sizes.push(Math.abs(difference));
    sum += difference;
    if (difference > 0) positive++;
  }
  if (sizes.length === 0) return 1;
  const [first] = sizes;
  if (sizes.every((size) => Math.abs(size - first!) <= 1e-9 * first!)) return signTest(positive, sizes.length);
  if (sizes.length > MOST) return null;
  const total = sizes.reduce((all, size) => all + size, 0);
  // Rounding must not turn an equally extreme pattern into a less extreme one.
  const least = Math.abs(sum) - 1e-9 * total;
  if (least <= 0) return 1;
  const half = sizes.length >> 1;
  const [left, right] = [signedSums(sizes.slice(0, half)), signedSums(sizes.slice(half))];
  let [count, from] = [0, right.length];
  for (const each of left) {
    while (from > 0 && each + right[from - 1]! >= least) from--;
    count += right.length - from;
  }
  return Math.min(1, (2 * count) / 2 ** sizes.length);
}

/** Two-sided binomial test of one half: twice the smaller tail. */
export function signTest(positive: number, n: number): number {
  const extreme = Math.max(positive, n - positive);
  let tail = 0;
  for (let k = extreme; k <= n; k++) {
    tail += Math.exp(logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1) - n * Math.LN2);
  }
  return Math.min(1, 2 * tail);
}

/** Sums over all patterns of signs, ascending. */
function signedSums(sizes: readonly number[]): Float64Array {
  let sums = Float64Array.of(0);
  for (const size of sizes) {
    const next = new Float64Array(2 * sums.length);
    next.set(sums.map((each) => each - size));
    next.set(
      sums.map((each) => each + size),
      sums.length,
    );
    sums = next;
  }
  return sums.sort();
}
