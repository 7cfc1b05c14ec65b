/**
 * A drop on a rising curve: the mean before it lags behind, so that part of the drop is filled by the rise.
 * A stretch that lies below the straight line through the checkpoints before it, and below the last of them as well, has lost something.
 */
import { jitterSpread } from './jitter-memory.ts';
import { type MeasuredSeries, unitOf } from './measured-series.ts';
import { type ScanJitter, type ScanThresholds, type ScanWindow, SHORT_REFERENCE, testWindow } from './scan.ts';

/** Newest checkpoints that are held against the line; one alone may be a freak. */
const NEWEST = [2, 3, 5] as const;
/** Checkpoints the line is drawn through: at most, at least. */
const LONGEST_LINE = 8;
const SHORTEST_LINE = 5;
/** Above `several`: the line is one more look, and a curve that flattens falls below it a little without having lost anything. */
const LINE_TOLL = 0.2;
/** Above `suspected`: the stretch must be well below the 3 checkpoints before it, which no flattening explains. */
const REAL_LOSS = 0.8;

/**
 * The stretch against the 3 checkpoints before it, where both comparisons speak for a loss; null otherwise.
 * The line is least squares: weights 1/b + (x - mean)(x_now - mean)/Sxx of its points give the forecast and, over docs and jitter, its error (Draper & Smith 1998, 1.4).
 */
export function droppedWhileRising(
  series: MeasuredSeries,
  positions: readonly number[],
  jitter: ScanJitter,
  thresholds: ScanThresholds,
): ScanWindow | null {
  const found = NEWEST.flatMap((a) => {
    const now = positions.slice(-a);
    const line = positions.slice(0, -a).slice(-LONGEST_LINE);
    if (now.length < a || line.length < SHORTEST_LINE) return [];
    const forecast = againstLine(series, now, line, jitter);
    if (!forecast.isRising || forecast.z < thresholds.several + LINE_TOLL) return [];
    if (!now.every((position, i) => againstLine(series, [position], line, jitter, i).z >= thresholds.member)) return [];
    const short = testWindow(series, now, line.slice(-SHORT_REFERENCE), jitter, true, thresholds);
    return short.isSuspected && short.z >= thresholds.suspected + REAL_LOSS ? [short] : [];
  });
  return found.reduce<ScanWindow | null>((best, each) => (!best || each.z > best.z ? each : best), null);
}

/** Loss of the stretch against the line, in standard errors; `skipped` checkpoints lie between the line and the stretch. */
function againstLine(
  series: MeasuredSeries,
  now: readonly number[],
  line: readonly number[],
  jitter: ScanJitter,
  skipped = 0,
): { z: number; isRising: boolean } {
  const b = line.length;
  const centre = (b - 1) / 2;
  const sxx = line.reduce((sum, _, i) => sum + (i - centre) ** 2, 0);
  const ahead = b + skipped + (now.length - 1) / 2 - centre;
  const weights = line.map((_, i) => 1 / b + ((i - centre) * ahead) / sxx);
  const level = series.mean(line.at(-1)!);
  const tau2 = jitter.several * unitOf(series, level) ** 2;
  const { difference, variance, weights: real } = series.contrast(now, line, weights, tau2);
  const spread = jitterSpread(now, line, jitter.memory, weights, real?.now);
  const better = series.higherIsBetter ? 1 : -1;
  const slope = line.reduce((sum, position, i) => sum + ((i - centre) / sxx) * series.mean(position), 0);
  const stderr = Math.sqrt(variance + tau2 * spread);
  return { z: (-better * difference) / stderr, isRising: better * slope > 0 };
}
