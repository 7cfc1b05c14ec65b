/** Has an alerted series come back? Measured against the reference that was frozen when it fired. */
import type { AlertMember } from '../domain/alert.ts';
import { Z95 } from './distributions.ts';
import { effectOf, type MeasuredSeries } from './measured-series.ts';
import { type ScanJitter, type ScanWindow, testWindow } from './scan.ts';

/** Checkpoints pooled before a series may count as recovered. */
const POOLED = 3;

export interface AgainstFrozen {
  readonly window: ScanWindow;
  readonly isResolved: boolean;
}

/**
 * The newest checkpoints since the alert (at most 3) against the frozen reference; null while there is nothing to compare.
 * Resolved when three are there, their mean is within the smallest effect of the reference, and the interval of the difference excludes half the drop.
 */
export function compareWithFrozen(
  series: MeasuredSeries,
  member: AlertMember,
  since: readonly number[],
  frozen: readonly number[],
  jitter: ScanJitter,
): AgainstFrozen | null {
  const now = since.slice(-POOLED);
  if (now.length === 0 || frozen.length === 0) return null;
  const window = testWindow(series, now, frozen, jitter, false);
  const loss = (series.higherIsBetter ? -1 : 1) * window.difference;
  const drop = Math.abs(member.difference);
  const level = frozen.reduce((sum, t) => sum + series.mean(t), 0) / frozen.length;
  const isBack = loss <= effectOf(series, level) && loss + Z95 * window.stderr < drop / 2;
  return { window, isResolved: now.length === POOLED && isBack };
}
