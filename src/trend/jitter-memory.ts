/**
 * Does jitter come back at the next checkpoint? Docs that share a passage move together and keep what they moved; so do data phases.
 * A stretch of such checkpoints looks like a trend unless its correlation is counted.
 */
import { type MeasuredSeries, unitOf } from './measured-series.ts';
import { robustDeviation } from './robust.ts';

/** Contrasts of independent jitter that stand for the belief that there is no memory. */
const PRIOR_CONTRASTS = 60;
const WINSOR = 3;
/** Standard errors by which the two variances are moved together before they are compared. */
const DOUBT = 0.3;
/** Contrasts that carry the information of one. */
const OVERLAP = 2;
const MOST = 0.8;

interface Measured {
  readonly series: MeasuredSeries;
  readonly positions: readonly number[];
}

/**
 * Correlation of neighbouring checkpoints' jitter, 0 to 0.8, pooled over the series of one level.
 * y(t) - (y(t-h) + y(t+h)) / 2 is blind to a straight trend; of first-order autoregressive jitter with correlation r its variance for h = 2
 * is (1 + r)(3 - r^2) / (3 - r) times that for h = 1 (a variogram estimator; Cressie 1993), which is solved for r.
 * @param prior variance of the level's jitter, in noise units squared
 */
export function jitterMemory(level: readonly Measured[], prior: number): number {
  const near = excessOfContrasts(level, 1);
  const far = excessOfContrasts(level, 2);
  if (near.count === 0 || far.count === 0) return 0;
  const belief = PRIOR_CONTRASTS * 1.5 * prior;
  const weigh = ({ sum, count, error }: Excess, sign: 1 | -1) =>
    (sum + sign * DOUBT * error + belief) / (count + PRIOR_CONTRASTS);
  // Where docs explain nearly all of it the ratio says nothing: the benefit of the doubt goes to no memory.
  const [one, two] = [weigh(near, 1), weigh(far, -1)];
  if (!(one > 0) || two <= one) return 0;
  let [low, high] = [0, MOST];
  for (let i = 0; i < 20; i++) {
    const r = (low + high) / 2;
    if (((1 + r) * (3 - r * r)) / (3 - r) < two / one) low = r;
    else high = r;
  }
  return low;
}

interface Excess {
  readonly sum: number;
  readonly count: number;
  /** Standard error of the sum. */
  readonly error: number;
}

/** Squared contrasts beyond what docs explain, in noise units squared, winsorised. */
function excessOfContrasts(level: readonly Measured[], lag: number): Excess {
  const contrasts = level.flatMap(({ series, positions }) =>
    positions.slice(lag, -lag).flatMap((position, i) => {
      const around = [positions[i]!, positions[i + 2 * lag]!];
      const { difference, variance } = series.contrast([position], around);
      const unit = unitOf(series, series.mean(position));
      return Number.isNaN(difference) ? [] : [{ size: difference / unit, variance: variance / unit ** 2 }];
    }),
  );
  if (contrasts.length === 0) return { sum: 0, count: 0, error: 0 };
  const bound =
    WINSOR *
    robustDeviation(
      contrasts.map(({ size }) => size),
      0,
    );
  const squares = contrasts.map(({ size }) => Math.min(Math.abs(size), bound) ** 2);
  const total = squares.reduce((all, square) => all + square, 0);
  const sum = total - contrasts.reduce((all, { variance }) => all + variance, 0);
  // Of normals a square has twice its squared mean as variance; neighbouring contrasts overlap.
  const error = total * Math.sqrt((2 * OVERLAP) / contrasts.length);
  return { sum, count: contrasts.length, error };
}

/**
 * Variance of a contrast of window means for unit jitter: the sum of w_i w_j r^|i-j|; 1/a + 1/b without memory.
 * @param weights of the reference, and those of `now`; equal when left out
 */
export function jitterSpread(
  now: readonly number[],
  reference: readonly number[],
  memory: number,
  weights: readonly number[] = reference.map(() => 1 / reference.length),
  nowWeights: readonly number[] = now.map(() => 1 / now.length),
): number {
  const positions = [...now, ...reference];
  const w = [...nowWeights, ...weights.map((weight) => -weight)];
  let spread = 0;
  for (let i = 0; i < w.length; i++) {
    spread += w[i]! ** 2;
    if (memory === 0) continue;
    for (let j = 0; j < i; j++) spread += 2 * w[i]! * w[j]! * memory ** Math.abs(positions[i]! - positions[j]!);
  }
  return spread;
}
