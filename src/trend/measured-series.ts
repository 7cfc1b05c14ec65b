/** Measured series: what the scan works on; a task, or the equal-weight mean of several tasks over the checkpoints that have them all. */
import type { SeriesKey } from '../domain/trend.ts';
import { byCovariance, type ContrastOf, type DocPanel } from './doc-panel.ts';
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
  /** Standard deviation over docs, mean over the tasks. */
  readonly docSpread: number;
  mean(position: number): number;
  readonly contrast: ContrastOf;
}

/** The equal-weight mean over tasks: difference and variance add with weights 1/K and 1/K^2 (docs of different tasks are independent). */
export function buildSeries(key: SeriesKey, level: SeriesLevel, panels: readonly DocPanel[]): MeasuredSeries {
  const first = panels[0];
  if (!first) throw new RangeError('a series needs at least one task');
  const positions = first.isMeasured.map((_, t) => t).filter((t) => panels.every((panel) => panel.isMeasured[t]));
  const newest = positions.at(-1);
  const means = first.means.map((_, t) => average(panels.map((panel) => panel.means[t]!)));
  return {
    key,
    level,
    higherIsBetter: first.higherIsBetter,
    noise: first.noise,
    panels,
    positions,
    n: newest === undefined ? 0 : panels.reduce((sum, panel) => sum + panel.counts[newest]!, 0),
    docSpread: average(panels.map((panel) => panel.docSpread)),
    mean: (position) => means[position]!,
    contrast: panels.length === 1 ? first.contrast : combinedContrast(panels, means),
  };
}

function combinedContrast(panels: readonly DocPanel[], means: Float64Array): ContrastOf {
  const share = 1 / panels.length;
  const covariances = panels.map((panel) => panel.covariance);
  if (covariances.every((each) => each !== null)) {
    const docs = panels.reduce((sum, panel) => sum + panel.docs, 0);
    const combined = new Float64Array(covariances[0]!.length);
    for (const each of covariances) for (let i = 0; i < combined.length; i++) combined[i]! += share * share * each[i]!;
    return byCovariance(means, combined, { docs, units: panels.reduce((sum, panel) => sum + panel.units, 0) });
  }
  return (now, reference, referenceWeights, jitter) => {
    const parts = panels.map((panel) => panel.contrast(now, reference, referenceWeights, jitter));
    const asked = {
      now: now.map(() => 1 / now.length),
      reference: referenceWeights ?? reference.map(() => 1 / reference.length),
    };
    const weightsOf = (side: 'now' | 'reference') =>
      asked[side].map((_, i) => average(parts.map((part) => (part.weights ?? asked)[side][i]!)));
    return {
      difference: average(parts.map((part) => part.difference)),
      variance: share * average(parts.map((part) => part.variance)),
      n: parts.reduce((sum, part) => sum + part.n, 0),
      units: parts.reduce((sum, part) => sum + part.units, 0),
      weights: { now: weightsOf('now'), reference: weightsOf('reference') },
      isSecondLook: 2 * parts.filter((part) => part.isSecondLook).length > parts.length,
    };
  };
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Jitter's unit at a level of this series (see metric-noise.ts). */
export function unitOf(series: MeasuredSeries, level: number): number {
  return noiseUnit(series.noise, level, series.docSpread);
}

/** The smallest change of this series worth telling. */
export function effectOf(series: MeasuredSeries, level: number): number {
  return smallestEffect(series.noise, level, series.docSpread);
}
