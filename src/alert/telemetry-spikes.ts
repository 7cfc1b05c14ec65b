/** Loss and gradient norm that leave their usual range: non-finite values and spikes, each with its step. */
import type { TelemetryPoint } from '../domain/telemetry.ts';

export type TelemetryQuantity = 'loss' | 'gradNorm';

export interface TelemetrySpike {
  readonly quantity: TelemetryQuantity;
  readonly step: number;
  readonly value: number;
  /** Running median before it. */
  readonly usual: number;
  /** Robust standard deviations above it. */
  readonly deviations: number;
  /** True for the first value of a stretch; the following ones only say that it is not over. */
  readonly isOnset: boolean;
}

const HISTORY = 128;
const LEVEL = 16;
/** Fewer values before it say nothing about what is usual. */
const FEWEST = 24;
/** The same after the data mix changed. */
const FEWEST_ON_NEW_MIX = 8;
/** Change of any share that makes losses before and after it incomparable. */
const MIX_CHANGE = 0.05;
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
 * Points in (after, upTo] more than 6 robust standard deviations (median absolute deviation; Hampel 1974) above the running median:
 * the level is the median of the 16 values before, the deviation that of the last 128 from their own levels, so that a falling loss does not hide a spike.
 * Compared as logarithms: both quantities are positive and skewed. Values of an earlier spike do not count as usual.
 * Another data mix has another loss: its level is learned anew there, and the step from one to the other is no spike.
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
  let usual: number[] = [];
  let fewest = FEWEST;
  let mix: DataMix | null = null;
  let isSpiking = false;
  const residuals: number[] = [];
  const spikes: TelemetrySpike[] = [];
  for (const point of points) {
    if (point.step > upTo) break;
    if (quantity === 'loss' && point.dataMix !== null) {
      if (mix !== null && mixDistance(mix, point.dataMix) > MIX_CHANGE) {
        usual = [];
        fewest = FEWEST_ON_NEW_MIX;
      }
      mix = point.dataMix;
    }
    const value = point[quantity];
    if (value === null || !Number.isFinite(value) || value <= 0) continue;
    const level = median(usual.slice(-LEVEL));
    const deviation = Math.max(1.4826 * median(residuals.slice(-HISTORY).map(Math.abs)), 0.005);
    const deviations = (Math.log(value) - level) / deviation;
    const isSpike =
      usual.length >= fewest && deviations > DEVIATIONS && value >= LEAST_RATIO[quantity] * Math.exp(level);
    if (!isSpike) {
      if (usual.length >= 4) residuals.push(Math.log(value) - level);
      usual.push(Math.log(value));
    } else if (point.step > after) {
      spikes.push({ quantity, step: point.step, value, usual: Math.exp(level), deviations, isOnset: !isSpiking });
    }
    isSpiking = isSpike;
  }
  return spikes;
}

type DataMix = NonNullable<TelemetryPoint['dataMix']>;

/** Largest change of any share. */
export function mixDistance(a: DataMix, b: DataMix): number {
  const parts = new Set([...Object.keys(a), ...Object.keys(b)]);
  return Math.max(0, ...[...parts].map((part) => Math.abs((a[part] ?? 0) - (b[part] ?? 0))));
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
