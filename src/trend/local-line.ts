/** A rising curve hides drops: compare the newest checkpoint with where a robust local line says it should be. */
import { jitterSpread } from './jitter-memory.ts';
import { effectOf, type MeasuredSeries, unitOf } from './measured-series.ts';
import { theilSen } from './robust.ts';
import type { ScanJitter } from './scan.ts';

/** Checkpoints the line is drawn through. */
const LINE_LENGTH = 5;

export interface LineForecast {
  readonly forecast: number;
  readonly reference: readonly number[];
  /** Now - forecast, in score units. */
  readonly difference: number;
  readonly stderr: number;
  readonly z: number;
  readonly n: number;
}

/**
 * The newest checkpoint against the Theil-Sen line through the 5 before it; standard error of a least-squares prediction
 * (weights 1/b + (x - mean)(x_now - mean)/Sxx), from docs and jitter. Null when the newest is not below the last one: a curve that
 * merely rises more slowly has lost nothing.
 */
export function belowLocalLine(
  series: MeasuredSeries,
  positions: readonly number[],
  jitter: ScanJitter,
): LineForecast | null {
  const reference = positions.slice(-1 - LINE_LENGTH, -1);
  const newest = positions.at(-1);
  if (newest === undefined || reference.length < 3) return null;
  const sign = series.higherIsBetter ? -1 : 1;
  const xs = reference.map((_, i) => i);
  const x = reference.length;
  const forecast = theilSen(xs, reference.map(series.mean))(x);
  const centre = (x - 1) / 2;
  const sxx = xs.reduce((sum, each) => sum + (each - centre) ** 2, 0);
  const weights = xs.map((each) => 1 / x + ((each - centre) * (x - centre)) / sxx);
  const level = series.mean(reference.at(-1)!);
  const tau2 = jitter.single * unitOf(series, level) ** 2;
  const { variance, n } = series.contrast([newest], reference, weights, tau2);
  const stderr = Math.sqrt(variance + tau2 * jitterSpread([newest], reference, jitter.memory, weights));
  const difference = series.mean(newest) - forecast;
  const step = sign * (series.mean(newest) - level);
  if (sign * difference < effectOf(series, level) || step < effectOf(series, level)) return null;
  return { forecast, reference, difference, stderr, z: (sign * difference) / stderr, n };
}
