/** Measured series: what the scan works on; a task, or the equal-weight mean of several tasks over the checkpoints that have them all. */
import type { SeriesKey } from '../domain/trend.ts';
import type { Contrast, DocPanel } from './doc-panel.ts';
import { type MetricNoise, noiseUnit, smallestEffect } from './metric-noise.ts';

/** Series of one level share what they learn of jitter: an inner node jitters less than a leaf. */
export type SeriesLevel = 'task' | 'leaf' | 'whole' | `probe:${string}` | `inner:${number}`;

export interface MeasuredSeries {
  readonly key: SeriesKey;
  readonly level: SeriesLevel;
  readonly higherIsBetter: boolean;
  readonly noise: MetricNoise;
  readonly panels: readonly DocPanel[];
  /** Frame positions where every task of the series was measured, ascending. */
  readonly positions: readonly number[];
  /** Docs at the newest position. */
  readonly n: number;
  mean(position: number): number;
  contrast(now: readonly number[], reference: readonly number[], referenceWeights?: readonly number[]): Contrast;
}

/** The equal-weight mean over tasks: difference and variance add with weights 1/K and 1/K^2 (docs of different tasks are independent). */
export function buildSeries(key: SeriesKey, level: SeriesLevel, panels: readonly DocPanel[]): MeasuredSeries {
  const first = panels[0];
  if (!first) throw new RangeError('a series needs at least one task');
  const share = 1 / panels.length;
  const positions = first.isMeasured.map((_, t) => t).filter((t) => panels.every((panel) => panel.isMeasured[t]));
  const newest = positions.at(-1);
  return {
    key,
    level,
    higherIsBetter: first.higherIsBetter,
    noise: first.noise,
    panels,
    positions,
    n: newest === undefined ? 0 : panels.reduce((sum, panel) => sum + panel.counts[newest]!, 0),
    mean: (position) => panels.reduce((sum, panel) => sum + share * panel.means[position]!, 0),
    contrast(now, reference, referenceWeights) {
      let difference = 0;
      let variance = 0;
      let n = 0;
      for (const panel of panels) {
        const part = panel.contrast(now, reference, referenceWeights);
        difference += share * part.difference;
        variance += share * share * part.variance;
        n += part.n;
      }
      return { difference, variance, n };
    },
  };
}

/** Jitter's unit at a level of this series (see metric-noise.ts). */
export function unitOf(series: MeasuredSeries, level: number): number {
  return noiseUnit(series.noise, level, docSpreadOf(series));
}

/** The smallest change of this series worth telling. */
export function effectOf(series: MeasuredSeries, level: number): number {
  return smallestEffect(series.noise, level, docSpreadOf(series));
}

function docSpreadOf(series: MeasuredSeries): number {
  return series.panels.reduce((sum, panel) => sum + panel.docSpread, 0) / series.panels.length;
}
