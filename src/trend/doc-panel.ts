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
  /** Covariance of the means over docs, frame x frame in one row after the other; null when docs are missing here and there. */
  readonly covariance: Float64Array | null;
  /** Standard deviation over docs at the newest checkpoint. */
  readonly docSpread: number;
  /** mean over `now` - mean (or weighted mean) over `reference`, both lists of frame positions. */
  contrast(now: readonly number[], reference: readonly number[], referenceWeights?: readonly number[]): Contrast;
  /** Value of one doc at one checkpoint, NaN when missing. */
  at(doc: number, position: number): number;
  readonly docs: number;
  /** False where single docs are not known, so that nothing pairs two checkpoints; left out otherwise. */
  readonly isPaired?: boolean;
}

/**
 * Builds the panel of a task over a frame of checkpoints (null where the task was not measured, or in another segment).
 * Continuous outcomes are winsorised at 5 robust deviations within each checkpoint first.
 */
export function buildPanel(frame: readonly (Outcomes | null)[], ownEffect?: number): DocPanel {
  const newest = frame.findLast((outcomes) => outcomes !== null);
  if (!newest) throw new RangeError('a panel needs at least one measured checkpoint');
  const docs = Math.max(...frame.map((outcomes) => outcomes?.values.length ?? 0));
  const read = frame.map((outcomes) => (outcomes ? readColumn(outcomes.values, docs) : null));
  const learned = noiseOf(
    newest.metric,
    read.every((column) => column === null || (column.low >= 0 && column.high <= 1)),
  );
  const noise = ownEffect === undefined ? learned : { ...learned, ownEffect };
  const columns = read.map((column) =>
    column && noise.kind !== 'proportion' ? winsorise(column.values, 5) : (column?.values ?? null),
  );
  const isComplete = read.every((column) => column === null || column.count === docs);
  const effects = isComplete
    ? columns.map((column) => (column ? mean(column) : Number.NaN))
    : checkpointEffects(columns, docs);
  const counts = Int32Array.from(read, (column) => column?.count ?? 0);
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
  if (!isComplete) return { ...shared, covariance: null, contrast: byDocs(columns, means, docs) };
  const covariance = covarianceOfMeans(columns, means, docs);
  return { ...shared, covariance, contrast: byCovariance(means, covariance, docs) };
}

function covarianceOfMeans(columns: readonly (Float64Array | null)[], means: Float64Array, n: number): Float64Array {
  const size = columns.length;
  const covariance = new Float64Array(size * size).fill(Number.NaN);
  const centred = columns.map((column, t) => (column ? shifted(column, means[t]!) : null));
  for (let i = 0; i < size; i++) {
    const a = centred[i];
    if (!a) continue;
    for (let j = 0; j <= i; j++) {
      const b = centred[j];
      if (!b) continue;
      let sum = 0;
      for (let doc = 0; doc < n; doc++) sum += a[doc]! * b[doc]!;
      covariance[i * size + j] = covariance[j * size + i] = sum / Math.max(1, n - 1) / n;
    }
  }
  return covariance;
}

function shifted(values: Float64Array, by: number): Float64Array {
  const result = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) result[i] = values[i]! - by;
  return result;
}

/** Every doc everywhere: a contrast w of the means m has difference w'm and variance w'Vw with V their covariance over docs, whatever the number of docs. */
export function byCovariance(means: Float64Array, covariance: Float64Array, n: number): DocPanel['contrast'] {
  const size = means.length;
  const weights = new Float64Array(size);
  return (now, reference, referenceWeights) => {
    for (const t of now) weights[t] = 1 / now.length;
    for (let i = 0; i < reference.length; i++)
      weights[reference[i]!] = -(referenceWeights?.[i] ?? 1 / reference.length);
    const positions = [...now, ...reference];
    let difference = 0;
    let variance = 0;
    for (const i of positions) {
      difference += weights[i]! * means[i]!;
      let row = 0;
      for (const j of positions) row += weights[j]! * covariance[i * size + j]!;
      variance += weights[i]! * row;
    }
    return { difference, variance: floorVariance(variance, n), n };
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
      const residuals = columns
        .map((column, t) => (column ? column[doc]! - effects[t]! : Number.NaN))
        .filter(Number.isFinite);
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

/** One pass over the outcomes of a checkpoint: as doubles, padded with NaN to `docs`, counted and bounded. */
function readColumn(outcomes: Float32Array, docs: number) {
  const values = new Float64Array(docs).fill(Number.NaN);
  let [count, low, high] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let doc = 0; doc < outcomes.length; doc++) {
    const value = outcomes[doc]!;
    if (!Number.isFinite(value)) continue;
    values[doc] = value;
    count++;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return { values, count, low, high };
}

function mean(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

function spread(values: Float64Array): number {
  const finite = values.filter(Number.isFinite);
  const centre = mean(finite);
  let sum = 0;
  for (const value of finite) sum += (value - centre) ** 2;
  return Math.sqrt(sum / Math.max(1, finite.length - 1));
}
