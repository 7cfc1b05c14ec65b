/**
 * A hint of contamination: a benchmark rises while the likelihood of its own gold answers does not, as where answers were learned in the
 * benchmark's form and not the matter (compare Deng et al. 2024). Only a hint: a better answer format looks the same.
 */
import type { MeasuredSeries } from './measured-series.ts';

export interface MemorisedHint {
  /** Rise of the score, and change of the gold answers' bits per byte (below zero is better), over the stretch. */
  readonly rise: number;
  readonly bits: number;
  /** Frame positions compared: the newest and the earliest three. */
  readonly now: readonly number[];
  readonly before: readonly number[];
}

const STRETCH = 3;
const FEWEST = 8;
/** z of the rise that counts, and z of an improvement of the gold answers that clears it. */
const RISES = 4;
const IMPROVES = 1;
const LEAST_RISE = 0.03;

/** @param gold the same task's bits per byte of its gold answers, over the same frame */
export function memorisedHint(score: MeasuredSeries, gold: MeasuredSeries): MemorisedHint | null {
  const both = score.positions.filter((t) => gold.positions.includes(t));
  if (both.length < FEWEST || !score.higherIsBetter || gold.higherIsBetter) return null;
  const [before, now] = [both.slice(0, STRETCH), both.slice(-STRETCH)];
  const rise = score.contrast(now, before);
  const bits = gold.contrast(now, before);
  const isRising = rise.difference >= LEAST_RISE && rise.difference / Math.sqrt(rise.variance) >= RISES;
  const improves = -bits.difference / Math.sqrt(bits.variance) >= IMPROVES;
  return isRising && !improves ? { rise: rise.difference, bits: bits.difference, now, before } : null;
}
