/** Panel: the outcomes of one task as docs x checkpoints, and paired contrasts between sets of its checkpoints. */
import type { Outcomes } from '../domain/score.ts';
import { type MetricNoise, noiseOf } from './metric-noise.ts';
import { winsorise } from './robust.ts';

/** Mean of the paired differences, the variance of that mean over docs, and the docs it rests on. */
export interface Contrast {
  readonly difference: number;
  readonly variance: number;
  readonly n: number;
}

export interface DocPanel {
  readonly task: string;
  readonly metric: string;
  readonly higherIsBetter: boolean;
  readonly noise: MetricNoise;
  /** Per checkpoint of the frame: is it there in the newest segment? */
  readonly isMeasured: readonly boolean[];
  /** Per checkpoint: mean over docs (adjusted for docs that are missing there), NaN where not measured. */
  readonly means: Float64Array;
  /** Per checkpoint: docs with a value. */
  readonly counts: Int32Array;
  /** Standard deviation over docs at the newest checkpoint. */
  readonly docSpread: number;
  /** mean over `now` - mean (or weighted mean) over `reference`, both lists of frame positions. */
  contrast(now: readonly number[], reference: readonly number[], referenceWeights?: readonly number[]): Contrast;
  /** Value of one doc at one checkpoint, NaN when missing. */
  at(doc: number, position: number): number;
  readonly docs: number;
}

/**
 * Builds the panel of a task over a frame of checkpoints (null where the task was not measured, or in another segment).
 * Continuous outcomes are winsorised at 5 robust deviations within each checkpoint first.
 */
export function buildPanel(frame: readonly (Outcomes | null)[]): DocPanel {
  const newest = frame.findLast((outcomes) => outcomes !== null);
  if (!newest) throw new RangeError('a panel needs at least one measured checkpoint');
  const docs = Math.max(...frame.map((outcomes) => outcomes?.values.length ?? 0));
  const noise = noiseOf(newest.metric, isWithinUnit(frame));
  const columns = frame.map((outcomes) => {
    if (!outcomes) return null;
    const column = new Float64Array(docs).fill(Number.NaN);
    column.set(outcomes.values);
    return noise.kind === 'proportion' ? column : winsorise(column, 5);
  });
  const isComplete = columns.every((column) => column === null || column.every(Number.isFinite));
  const effects = isComplete ? columns.map((column) => (column ? mean(column) : Number.NaN)) : checkpointEffects(columns, docs);
  const counts = Int32Array.from(columns, (column) => column?.reduce((n, v) => n + (Number.isFinite(v) ? 1 : 0), 0) ?? 0);
  const means = Float64Array.from(effects);
  const last = columns.findLast((column) => column !== null)!;
  const shared = {
    task: newest.task,
    metric: newest.metric,
    higherIsBetter: newest.higherIsBetter,
    noise,
    isMeasured: columns.map((column, t) => column !== null && counts[t]! > 0),
    means,
    counts,
    docs,
    docSpread: spread(last),
    at: (doc: number, position: number) => columns[position]?.[doc] ?? Number.NaN,
  };
  return { ...shared, contrast: isComplete ? byCovariance(columns, means, docs) : byDocs(columns, means, docs) };
}

/** Every doc everywhere: a contrast w has difference w'm and variance w'Cw / n with the covariance C over docs, which costs nothing per contrast. */
function byCovariance(columns: readonly (Float64Array | null)[], means: Float64Array, n: number): DocPanel['contrast'] {
  const covariance = columns.map((a, i) => {
    if (!a) return null;
    return columns.map((b, j) => {
      if (!b || j > i) return 0;
      let sum = 0;
      const meanA = means[i]!;
      const meanB = means[j]!;
      for (let doc = 0; doc < n; doc++) sum += (a[doc]! - meanA) * (b[doc]! - meanB);
      return n > 1 ? sum / (n - 1) : Number.NaN;
    });
  });
  const cov = (i: number, j: number) => covariance[Math.max(i, j)]![Math.min(i, j)]!;
  return (now, reference, referenceWeights) => {
    const positions = [...now, ...reference];
    const weights = [
      ...now.map(() => 1 / now.length),
      ...reference.map((_, i) => -(referenceWeights?.[i] ?? 1 / reference.length)),
    ];
    let difference = 0;
    let variance = 0;
    for (let x = 0; x < positions.length; x++) {
      difference += weights[x]! * means[positions[x]!]!;
      variance += weights[x]! ** 2 * cov(positions[x]!, positions[x]!);
      for (let y = 0; y < x; y++) variance += 2 * weights[x]! * weights[y]! * cov(positions[x]!, positions[y]!);
    }
    return { difference, variance: floorVariance(variance / n, n), n };
  };
}

/**
 * Docs missing here and there: each doc enters with the residuals it has (value - checkpoint effect), averaged within each side;
 * a doc that lacks one whole side is left out of this contrast only.
 */
function byDocs(columns: readonly (Float64Array | null)[], effects: Float64Array, docs: number): DocPanel['contrast'] {
  return (now, reference, referenceWeights) => {
    const weights = reference.map((_, i) => referenceWeights?.[i] ?? 1 / reference.length);
    const base =
      now.reduce((sum, t) => sum + effects[t]! / now.length, 0) -
      reference.reduce((sum, t, i) => sum + effects[t]! * weights[i]!, 0);
    const differences: number[] = [];
    for (let doc = 0; doc < docs; doc++) {
      const after = sideMean(columns, effects, doc, now);
      const before = sideMean(columns, effects, doc, reference);
      if (after === null || before === null) continue;
      let weighted = 0;
      for (let i = 0; i < reference.length; i++) {
        const value = columns[reference[i]!]![doc]!;
        weighted += weights[i]! * (Number.isFinite(value) ? value - effects[reference[i]!]! : before);
      }
      differences.push(after - weighted);
    }
    const n = differences.length;
    if (n === 0) return { difference: Number.NaN, variance: Number.NaN, n };
    const average = differences.reduce((sum, d) => sum + d, 0) / n;
    const variance = differences.reduce((sum, d) => sum + (d - average) ** 2, 0) / Math.max(1, n - 1);
    return { difference: base + average, variance: floorVariance(variance / n, n), n };
  };
}

function sideMean(
  columns: readonly (Float64Array | null)[],
  effects: Float64Array,
  doc: number,
  side: readonly number[],
): number | null {
  let sum = 0;
  let count = 0;
  for (const t of side) {
    const value = columns[t]![doc]!;
    if (!Number.isFinite(value)) continue;
    sum += value - effects[t]!;
    count++;
  }
  return count === 0 ? null : sum / count;
}

/** Least squares of value = doc + checkpoint, by alternating means (a balanced panel converges at once). */
function checkpointEffects(columns: readonly (Float64Array | null)[], docs: number): number[] {
  const effects = columns.map((column) => (column ? mean(column.filter(Number.isFinite)) : Number.NaN));
  const level = mean(Float64Array.from(effects.filter(Number.isFinite)));
  const docEffects = new Float64Array(docs);
  for (let pass = 0; pass < 12; pass++) {
    for (let doc = 0; doc < docs; doc++) {
      const residuals = columns.map((column, t) => (column ? column[doc]! - effects[t]! : Number.NaN)).filter(Number.isFinite);
      docEffects[doc] = residuals.length ? residuals.reduce((sum, r) => sum + r, 0) / residuals.length : 0;
    }
    columns.forEach((column, t) => {
      if (!column) return;
      const residuals = column.map((value, doc) => value - docEffects[doc]!).filter(Number.isFinite);
      if (residuals.length) effects[t] = mean(residuals);
    });
  }
  const shift = level - mean(Float64Array.from(effects.filter(Number.isFinite)));
  return effects.map((effect) => effect + shift);
}

/** Never surer than half a doc: a handful of identical docs has no variance of its own. */
function floorVariance(variance: number, n: number): number {
  return Math.max(0, variance) + (0.5 / n) ** 2 * 0.1;
}

function isWithinUnit(frame: readonly (Outcomes | null)[]): boolean {
  return frame.every((outcomes) => outcomes === null || outcomes.values.every((v) => !Number.isFinite(v) || (v >= 0 && v <= 1)));
}

function mean(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

function spread(values: Float64Array): number {
  const finite = values.filter(Number.isFinite);
  const centre = mean(finite);
  return Math.sqrt(finite.reduce((sum, v) => sum + (v - centre) ** 2, 0) / Math.max(1, finite.length - 1));
}
