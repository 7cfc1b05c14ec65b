/** The paired scan: is the newest stretch of a series below (or above) the stretch just before it, beyond doc noise and jitter? */
import { studentToNormal } from './distributions.ts';
import { jitterSpread } from './jitter-memory.ts';
import { effectOf, type MeasuredSeries, unitOf } from './measured-series.ts';

/** Windows of the newest checkpoints, and reference lengths for flat and for rising curves. */
export const NEWEST_WINDOWS = [1, 2, 3, 5, 8] as const;
export const LONG_REFERENCE = 8;
export const SHORT_REFERENCE = 3;
export const FEWEST_CHECKPOINTS = 4;
/** What looking twice costs: with it the false alarms of an escalating run are about those of one that asks all docs at once (see the bench). */
const SECOND_LOOK_TOLL = 0.1;
/** Of the window's difference, what each of its checkpoints must show by itself. */
const MEMBER_SHARE = 0.4;

/** Thresholds on z; a short reference is tested beside the long one and pays for the second look. */
export interface ScanThresholds {
  readonly single: number;
  readonly several: number;
  readonly suspected: number;
  readonly shortReference: number;
  /** Own z that each checkpoint of a window must have. */
  readonly member: number;
}

export const THRESHOLDS: ScanThresholds = { single: 6, several: 4.2, suspected: 3, shortReference: 0.3, member: 0.8 };

/** Jitter as the scan uses it, variances in noise units squared. */
export interface ScanJitter {
  /** Against which one checkpoint, and a stretch of them, is held. */
  readonly single: number;
  readonly several: number;
  /** Correlation of neighbouring checkpoints. */
  readonly memory: number;
}

export interface ScanWindow {
  /** Newest checkpoints and their reference, as frame positions. */
  readonly now: readonly number[];
  readonly reference: readonly number[];
  /** Mean over now - mean over the reference, in score units. */
  readonly difference: number;
  readonly stderr: number;
  /** Parts of its square: over docs, and the jitter of one checkpoint. */
  readonly docVariance: number;
  readonly jitter: number;
  /** Evidence of a change for the worse (positive) or the better (negative). */
  readonly z: number;
  readonly n: number;
  readonly isShort: boolean;
  /** Enough to fire, by this window alone. */
  readonly isWorse: boolean;
  readonly isBetter: boolean;
  readonly isSuspected: boolean;
}

/**
 * Every window of the scan over `positions` (ascending, the newest last).
 * z = -D / sqrt(se_items^2 + tau^2 (1/a + 1/b)), as the two-sample scan statistic with a known common variance (Siegmund & Venkatraman 1995).
 * @param jitter of the series
 */
export function scanWindows(
  series: MeasuredSeries,
  positions: readonly number[],
  jitter: ScanJitter,
  thresholds: ScanThresholds = THRESHOLDS,
  newest: readonly number[] = NEWEST_WINDOWS,
): ScanWindow[] {
  const windows: ScanWindow[] = [];
  if (positions.length < FEWEST_CHECKPOINTS) return windows;
  for (const a of newest) {
    const available = positions.length - a;
    for (const b of [LONG_REFERENCE, SHORT_REFERENCE]) {
      const length = Math.min(b, available);
      if (length < SHORT_REFERENCE || (b === LONG_REFERENCE && length <= SHORT_REFERENCE)) continue;
      const now = positions.slice(-a);
      const reference = positions.slice(-a - length, -a);
      windows.push(testWindow(series, now, reference, jitter, b === SHORT_REFERENCE, thresholds));
    }
  }
  return windows;
}

/** One window against its reference. */
export function testWindow(
  series: MeasuredSeries,
  now: readonly number[],
  reference: readonly number[],
  jitter: ScanJitter,
  isShort: boolean,
  thresholds: ScanThresholds = THRESHOLDS,
): ScanWindow {
  const measured = measure(series, now, reference, jitter);
  const toll = isShort ? thresholds.shortReference : 0;
  const second = measured.isSecondLook ? SECOND_LOOK_TOLL : 0;
  const limit = (now.length === 1 ? thresholds.single : thresholds.several) + toll + second;
  const isTold = Math.abs(measured.difference) >= measured.effect;
  const agrees = (sign: number) =>
    membersAgree(series, now, reference, jitter, { sign, least: thresholds.member, loss: measured.difference });
  return {
    now,
    reference,
    difference: measured.difference,
    stderr: measured.stderr,
    docVariance: measured.docVariance,
    jitter: measured.jitter,
    z: measured.z,
    n: measured.n,
    isShort,
    isWorse: isTold && measured.z >= limit && agrees(1),
    isBetter: isTold && measured.z <= -limit && agrees(-1),
    isSuspected: isTold && measured.z >= thresholds.suspected + toll,
  };
}

/**
 * Each checkpoint of the window is itself low against that window's reference, and by a good part of what the window has lost (four fifths of
 * them from 5 on): one freak checkpoint is no trend, nor is it one with a slightly low neighbour.
 */
function membersAgree(
  series: MeasuredSeries,
  now: readonly number[],
  reference: readonly number[],
  jitter: ScanJitter,
  { sign, least, loss }: { readonly sign: number; readonly least: number; readonly loss: number },
): boolean {
  if (now.length === 1) return true;
  const low = now.filter((position) => {
    const { z, difference } = measure(series, [position], reference, jitter);
    return sign * z >= least && difference / loss >= MEMBER_SHARE;
  }).length;
  return low >= (now.length >= 5 ? Math.ceil(0.8 * now.length) : now.length);
}

function measure(series: MeasuredSeries, now: readonly number[], reference: readonly number[], jitter: ScanJitter) {
  const level = reference.reduce((sum, t) => sum + series.mean(t), 0) / reference.length;
  const tau2 = (now.length === 1 ? jitter.single : jitter.several) * unitOf(series, level) ** 2;
  const {
    difference,
    variance,
    n,
    units,
    weights,
    isSecondLook = false,
  } = series.contrast(now, reference, undefined, tau2);
  const spread = jitterSpread(now, reference, jitter.memory, weights?.reference, weights?.now);
  const stderr = Math.sqrt(variance + tau2 * spread);
  const raw = ((series.higherIsBetter ? -1 : 1) * difference) / stderr;
  return {
    difference,
    stderr,
    docVariance: variance,
    jitter: tau2,
    isSecondLook,
    n,
    z: units < 100 ? studentToNormal(raw, Math.max(1, units - 1)) : raw,
    effect: effectOf(series, level),
  };
}

/** The window that says most, thresholds of single and several checkpoints and of the short reference put on one scale. */
export function strongest(windows: readonly ScanWindow[], sign: 1 | -1 = 1): ScanWindow | null {
  const weight = (window: ScanWindow) =>
    sign * window.z - (window.isShort ? THRESHOLDS.shortReference : 0) + (decided(window, sign) ? 100 : 0);
  return windows.reduce<ScanWindow | null>(
    (best, window) => (!best || weight(window) > weight(best) ? window : best),
    null,
  );
}

function decided(window: ScanWindow, sign: 1 | -1): boolean {
  return sign === 1 ? window.isWorse : window.isBetter;
}
