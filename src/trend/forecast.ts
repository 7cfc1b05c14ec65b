/** Is it still learning: where a curve will be at the end of the run, and what the rest of the run would buy. Pure. */
import { normalCdf, studentQuantile, Z95 } from './distributions.ts';
import type { Interval } from './interval.ts';
import { median } from './robust.ts';

export interface CurvePoint {
  /** Tokens seen, or steps where tokens are not known; above zero, ascending. */
  readonly x: number;
  readonly value: number;
}

export interface Forecast {
  readonly kind: 'forecast';
  /** `saturating`: value = c - a x^-b; `local`: a straight line through the newest points, where the curve fits no better. */
  readonly model: 'saturating' | 'local';
  /** The fitted level now, and the level at the end. */
  readonly level: number;
  readonly value: number;
  /** Of what a checkpoint at the end would score: the curve's uncertainty and the jitter of a checkpoint. */
  readonly ci95: Interval;
  /** Change of the level from now to the end, with the interval of the curve alone. */
  readonly gain: number;
  readonly gainCi95: Interval;
  /** Standard deviation of a checkpoint around the curve. */
  readonly jitter: number;
  readonly points: number;
}

/** A legal answer: it says what is missing. */
export interface NoForecast {
  readonly kind: 'too-few' | 'too-far' | 'over';
  readonly points: number;
}

const FEWEST = 8;
/** A curve says nothing of what lies further ahead than this many times what was seen. */
const FURTHEST = 8;
/** What came before this share of the way (warm-up, first steep rise) follows another law; kept while points are few. */
const EARLY = 0.15;
/** Exponents tried: -1 is a straight line in x, 0 the logarithm, the largest nearly a step that is long over. */
const EXPONENTS = Array.from({ length: 41 }, (_, i) => -1 + i / 10);
/** The line must foretell this many times better to stand in: by chance alone it often does a little. */
const CLEARLY = 2;
/** Longer histories are averaged in blocks down to this many points, so that a forecast costs the same at any length. */
const MOST = 240;

/**
 * Saturating power law in tokens (as of loss: Hestness et al. 2017; of benchmarks: Owen 2024), fitted by least squares with Huber weights for each exponent of a grid;
 * exponents from a straight line to a step are weighed by their likelihood, so that the interval holds what is not known of the shape.
 * The straight line through the newest third stands in where it foretells the held-out last fifth better.
 * @param end x at the end of the run
 */
export function forecastCurve(curve: readonly CurvePoint[], end: number): Forecast | NoForecast {
  const known = curve.filter(({ x, value }) => x > 0 && Number.isFinite(x) && Number.isFinite(value));
  const last = known.at(-1);
  if (last === undefined || known.length < FEWEST) return { kind: 'too-few', points: known.length };
  if (!(end > last.x)) return { kind: 'over', points: known.length };
  if (end > (1 + FURTHEST) * last.x) return { kind: 'too-far', points: known.length };
  const settled = known.filter(({ x }) => x >= EARLY * last.x);
  const points = inBlocks(settled.length >= FEWEST ? settled : known);
  const held = Math.max(2, Math.round(points.length / 5));
  const before = points.slice(0, -held);
  const missed = (fit: Fit) =>
    Math.sqrt(points.slice(-held).reduce((sum, { x, value }) => sum + (fit.at(x) - value) ** 2, 0) / held);
  const isCurved = missed(saturating(before)) <= CLEARLY * missed(local(before)) + 1e-12;
  const fit = isCurved ? saturating(points) : local(points);
  const gains = fit.gains(last.x, end);
  const level = fit.at(last.x);
  const gain = gains.reduce((sum, each) => sum + each.weight * each.mean, 0);
  const gainCi95 = mixtureInterval(gains, 0);
  const spread = mixtureInterval(gains, fit.deviation);
  return {
    kind: 'forecast',
    model: isCurved ? 'saturating' : 'local',
    level,
    value: level + gain,
    ci95: [level + spread[0], level + spread[1]],
    gain,
    gainCi95,
    jitter: fit.deviation,
    points: known.length,
  };
}

/** Even the good end of the interval is below what is worth telling. @param worth in score units: half a point for proportions */
export function isPlateau({ gainCi95: [low, high] }: Forecast, higherIsBetter: boolean, worth: number): boolean {
  return (higherIsBetter ? high : -low) < worth;
}

interface Part {
  readonly weight: number;
  readonly mean: number;
  readonly deviation: number;
}

interface Fit {
  at(x: number): number;
  /** Standard deviation of the points around it. */
  readonly deviation: number;
  /** Change from one x to another, as a mixture of normals. */
  gains(from: number, to: number): readonly Part[];
}

function saturating(points: readonly CurvePoint[]): Fit {
  const fits = EXPONENTS.map((b) => ({ b, ...leastSquares(points, (x) => bent(x / points.at(-1)!.x, b)) }));
  const best = fits.reduce((a, b) => (b.squares < a.squares ? b : a));
  const { deviation, inflation } = noiseOf(best.residuals, 3);
  const floor = Math.max(deviation ** 2, 1e-18);
  const raw = fits.map(({ squares }) => Math.exp(-(squares - best.squares) / (2 * floor * inflation)));
  const total = raw.reduce((sum, each) => sum + each, 0);
  const weights = raw.map((each) => each / total);
  const z = (x: number, b: number) => bent(x / points.at(-1)!.x, b);
  return {
    at: (x) => fits.reduce((sum, { b, level, slope }, i) => sum + weights[i]! * (level + slope * z(x, b)), 0),
    deviation,
    gains: (from, to) =>
      fits.map(({ b, slope, spread }, i) => {
        const length = z(to, b) - z(from, b);
        return {
          weight: weights[i]!,
          mean: slope * length,
          deviation: Math.abs(length) * Math.sqrt((floor * inflation) / spread),
        };
      }),
  };
}

/** x^-b, the logarithm where b is zero (Box & Cox 1964). */
function bent(x: number, b: number): number {
  return Math.abs(b) < 1e-9 ? Math.log(x) : x ** -b;
}

function local(points: readonly CurvePoint[]): Fit {
  const newest = points.slice(-Math.max(6, Math.ceil(points.length / 3)));
  const fit = leastSquares(newest, (x) => x);
  const { deviation, inflation } = noiseOf(fit.residuals, 2);
  return {
    at: (x) => fit.level + fit.slope * x,
    deviation,
    gains: (from, to) => [
      {
        weight: 1,
        mean: fit.slope * (to - from),
        deviation: (to - from) * deviation * Math.sqrt(inflation / fit.spread),
      },
    ],
  };
}

/** value = level + slope z(x), with Huber's weights in three rounds: one freak checkpoint must not bend the curve. */
function leastSquares(points: readonly CurvePoint[], transform: (x: number) => number) {
  const zs = points.map(({ x }) => transform(x));
  let weights = points.map(() => 1);
  let [level, slope, spread] = [0, 0, 0];
  let residuals: number[] = [];
  for (let round = 0; round < 3; round++) {
    const all = weights.reduce((sum, each) => sum + each, 0);
    const centre = zs.reduce((sum, z, i) => sum + weights[i]! * z, 0) / all;
    const height = points.reduce((sum, { value }, i) => sum + weights[i]! * value, 0) / all;
    spread = Math.max(
      1e-300,
      zs.reduce((sum, z, i) => sum + weights[i]! * (z - centre) ** 2, 0),
    );
    slope = points.reduce((sum, { value }, i) => sum + weights[i]! * (zs[i]! - centre) * (value - height), 0) / spread;
    level = height - slope * centre;
    residuals = points.map(({ value }, i) => value - level - slope * zs[i]!);
    const bound = 1.5 * 1.4826 * median(residuals.map(Math.abs));
    if (!(bound > 0)) break;
    weights = residuals.map((each) => Math.min(1, bound / Math.abs(each)));
  }
  const squares = residuals.reduce((sum, each, i) => sum + weights[i]! * each ** 2, 0);
  return { level, slope, spread, residuals, squares };
}

/**
 * Deviation around the curve, and by how much the variance of what rests on it grows: with a positive lag-1 correlation of the residuals
 * (Bartlett 1946) and with few degrees of freedom (Student's t).
 */
function noiseOf(residuals: readonly number[], parameters: number) {
  const squares = residuals.reduce((sum, each) => sum + each ** 2, 0);
  const lagged = residuals.slice(1).reduce((sum, each, i) => sum + each * residuals[i]!, 0);
  const r = Math.min(0.8, Math.max(0, squares > 0 ? lagged / squares : 0));
  const df = Math.max(1, residuals.length - parameters);
  return {
    deviation: Math.sqrt(squares / df),
    inflation: ((1 + r) / (1 - r)) * (studentQuantile(Z95, df) / Z95) ** 2,
  };
}

/** 2.5 and 97.5 % of a mixture of normals, each widened by `more`. */
function mixtureInterval(parts: readonly Part[], more: number): Interval {
  const wide = parts.map((part) => ({ ...part, deviation: Math.max(1e-12, Math.hypot(part.deviation, more)) }));
  const low = Math.min(...wide.map((part) => part.mean - 9 * part.deviation));
  const high = Math.max(...wide.map((part) => part.mean + 9 * part.deviation));
  const share = (at: number) =>
    wide.reduce((sum, { weight, mean, deviation }) => sum + weight * normalCdf((at - mean) / deviation), 0);
  const quantile = (p: number) => {
    let [from, to] = [low, high];
    for (let i = 0; i < 60; i++) {
      const middle = (from + to) / 2;
      if (share(middle) < p) from = middle;
      else to = middle;
    }
    return (from + to) / 2;
  };
  const tail = normalCdf(-Z95);
  return [quantile(tail), quantile(1 - tail)];
}

function inBlocks(points: readonly CurvePoint[]): readonly CurvePoint[] {
  if (points.length <= MOST) return points;
  const size = points.length / MOST;
  return Array.from({ length: MOST }, (_, i) => {
    const block = points.slice(Math.floor(i * size), Math.floor((i + 1) * size));
    const mean = (of: (point: CurvePoint) => number) => block.reduce((sum, each) => sum + of(each), 0) / block.length;
    return { x: mean(({ x }) => x), value: mean(({ value }) => value) };
  });
}
