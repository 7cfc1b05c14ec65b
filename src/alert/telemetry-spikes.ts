/** Loss and gradient norm that leave their usual range: non-finite values and spikes, each with its step. */
import type { TelemetryPoint } from '../domain/telemetry.ts';

export type TelemetryQuantity = 'loss' | 'gradNorm';

export interface TelemetrySpike {
  readonly quantity: TelemetryQuantity;
  readonly step: number;
  readonly value: number;
  /** Median of the values before it. */
  readonly usual: number;
  /** Robust standard deviations above the median. */
  readonly deviations: number;
}

const HISTORY = 128;
/** Fewer values before it say nothing about what is usual. */
const FEWEST = 24;
const DEVIATIONS = 6;
/** A spike is also large in itself: a fifth above the usual loss, twice the usual gradient norm. */
const LEAST_RATIO = { loss: 1.2, gradNorm: 2 } as const;

/** First point in (after, upTo] whose loss or gradient norm is NaN or infinite; null when all are finite or unknown. */
export function firstNonFinite(
  points: readonly TelemetryPoint[],
  after: number,
  upTo: number,
): { readonly quantity: TelemetryQuantity; readonly step: number; readonly value: number } | null {
  for (const point of between(points, after, upTo)) {
    for (const quantity of ['loss', 'gradNorm'] as const) {
      const value = point[quantity];
      if (value !== null && !Number.isFinite(value)) return { quantity, step: point.step, value };
    }
  }
  return null;
}

/**
 * Points in (after, upTo] more than 6 robust standard deviations above the median of the 128 logged values before them
 * (median absolute deviation; Hampel 1974). Compared as logarithms: both quantities are positive and skewed.
 * Values of an earlier spike do not count as usual.
 */
export function findSpikes(points: readonly TelemetryPoint[], after: number, upTo: number): TelemetrySpike[] {
  return (['loss', 'gradNorm'] as const).flatMap((quantity) => spikesOf(points, quantity, after, upTo));
}

function spikesOf(
  points: readonly TelemetryPoint[],
  quantity: TelemetryQuantity,
  after: number,
  upTo: number,
): TelemetrySpike[] {
  const usual: number[] = [];
  const spikes: TelemetrySpike[] = [];
  for (const point of points) {
    if (point.step > upTo) break;
    const value = point[quantity];
    if (value === null || !Number.isFinite(value) || value <= 0) continue;
    const window = usual.slice(-HISTORY);
    const centre = median(window);
    const deviation = Math.max(1.4826 * median(window.map((each) => Math.abs(each - centre))), 0.005);
    const deviations = (Math.log(value) - centre) / deviation;
    const isSpike =
      window.length >= FEWEST && deviations > DEVIATIONS && value >= LEAST_RATIO[quantity] * Math.exp(centre);
    if (!isSpike) usual.push(Math.log(value));
    else if (point.step > after)
      spikes.push({ quantity, step: point.step, value, usual: Math.exp(centre), deviations });
  }
  return spikes;
}

export function between(points: readonly TelemetryPoint[], after: number, upTo: number): TelemetryPoint[] {
  return points.filter((point) => point.step > after && point.step <= upTo);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
