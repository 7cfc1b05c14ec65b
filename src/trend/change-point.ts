/** Where did it start: the window edge with the largest evidence, and the edges that explain the data nearly as well. */
import type { MeasuredSeries } from './measured-series.ts';
import { type ScanJitter, type ScanWindow, testWindow } from './scan.ts';

/** Likelihood-ratio bound of a 95 % set: chi-square with one degree of freedom. */
const DEVIANCE_95 = 3.84;

/**
 * Frame positions (last good, first bad) that bracket the change with about 95 % confidence.
 * Every edge from the newest checkpoint back is tried against the same reference stretch; z^2 is its log-likelihood ratio x 2
 * (Hinkley 1970; Siegmund 1988), and edges within 3.84 of the best are kept.
 */
export function locateChange(
  series: MeasuredSeries,
  positions: readonly number[],
  found: ScanWindow,
  jitter: ScanJitter,
): readonly [lastGood: number, firstBad: number] {
  const sign = Math.sign(found.z) || 1;
  const earliest = positions.indexOf(found.reference[0]!);
  const stretch = positions.slice(Math.max(0, earliest));
  const edges: { edge: number; z: number }[] = [];
  for (let edge = Math.min(2, stretch.length - 1); edge < stretch.length; edge++) {
    const { z } = testWindow(series, stretch.slice(edge), stretch.slice(0, edge), jitter, false);
    edges.push({ edge, z: sign * z });
  }
  const best = Math.max(...edges.map(({ z }) => z));
  const kept = edges.filter(({ z }) => z > 0 && z * z >= best * best - DEVIANCE_95).map(({ edge }) => edge);
  if (kept.length === 0) return [found.reference.at(-1)!, found.now[0]!];
  return [stretch[Math.min(...kept) - 1]!, stretch[Math.max(...kept)]!];
}
