/** Panel: the outcomes of one task as docs x checkpoints, and paired contrasts between sets of its checkpoints. */
import type { Outcomes } from '../domain/score.ts';
import { type MetricNoise, noiseOf } from './metric-noise.ts';
import { winsorise } from './robust.ts';
import { checkpointEffects, stratify } from './strata.ts';
import { stratifiedContrast } from './stratified-contrast.ts';

/** Mean of the paired differences, the variance of that mean over docs, and the docs it rests on. */
export interface Contrast {
  readonly difference: number;
  readonly variance: number;
  readonly n: number;
  /** Independent units among the docs: fewer where docs share a passage. */
  readonly units: number;
  /** What each checkpoint weighs in it; left out where that is as it was asked for. */
  readonly weights?: { readonly now: readonly number[]; readonly reference: readonly number[] };
  /** It rests on docs that were asked because the first ones looked low: a second look at the same thing. */
  readonly isSecondLook?: boolean;
}

/**
 * mean over `now` - mean (or weighted mean) over `reference`, both lists of frame positions.
 * `jitter` is the variance that all docs of a checkpoint share, in score units squared: it decides what docs weigh that only some checkpoints have.
 */
export type ContrastOf = (
  now: readonly number[],
  reference: readonly number[],
  referenceWeights?: readonly number[],
  jitter?: number,
) => Contrast;

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
  readonly contrast: ContrastOf;
  /** Value of one doc at one checkpoint, NaN when missing. */
  at(doc: number, position: number): number;
  readonly docs: number;
  /** Independent units among the docs. */
  readonly units: number;
  /** False where single docs are not known, so that nothing pairs two checkpoints; left out otherwise. */
  readonly isPaired?: boolean;
}

export interface PanelOptions {
  /** Smallest change worth telling, in the metric's own units. */
  readonly ownEffect?: number | undefined;
  /** Cluster of each doc; a doc beyond its end or with a negative one stands for itself. */
  readonly clusters?: ArrayLike<number> | undefined;
}

/**
 * Builds the panel of a task over a frame of checkpoints (null where the task was not measured, or in another segment).
 * Continuous outcomes are winsorised at 5 robust deviations within each checkpoint first.
 */
export function buildPanel(frame: readonly (Outcomes | null)[], { ownEffect, clusters }: PanelOptions = {}): DocPanel {
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
  const strata = stratify(columns, docs, clusters);
  const only = strata.length === 1 ? strata[0]! : null;
  const docSpread = spread(columns.findLast((column) => column !== null)!);
  const floor = floorVariance(noise.kind === 'proportion' ? 0.5 : docSpread);
  const means = Float64Array.from(checkpointEffects(strata, frame.length));
  const units = strata.reduce((sum, each) => sum + each.units, 0);
  return {
    task: newest.task,
    metric: newest.metric,
    higherIsBetter: newest.higherIsBetter,
    noise,
    isMeasured: columns.map((_, t) => strata.some((each) => each.isMeasured[t])),
    means,
    counts: Int32Array.from(read, (column) => column?.count ?? 0),
    docs,
    units,
    docSpread,
    at: (doc: number, position: number) => columns[position]?.[doc] ?? Number.NaN,
    covariance: only?.covariance ?? null,
    contrast: only
      ? byCovariance(means, only.covariance, { docs: only.docs, units, floor })
      : stratifiedContrast(strata, floor),
  };
}

export interface CovarianceDocs {
  readonly docs: number;
  readonly units: number;
  /** Smallest variance of a mean of so many units; a proportion's when left out. */
  readonly floor?: (units: number) => number;
}

/** Every doc everywhere: a contrast w of the means m has difference w'm and variance w'Vw with V their covariance over docs, whatever the number of docs. */
export function byCovariance(
  means: Float64Array,
  covariance: Float64Array,
  { docs, units, floor = floorVariance(0.5) }: CovarianceDocs,
): ContrastOf {
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
    return { difference, variance: Math.max(0, variance) + floor(units), n: docs, units };
  };
}

/** Never surer than a third of half a doc's spread: a handful of identical docs has no variance of its own. */
function floorVariance(docSpread: number): (units: number) => number {
  return (units) => 0.1 * (docSpread / Math.max(1, units)) ** 2;
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

function spread(values: Float64Array): number {
  const finite = values.filter(Number.isFinite);
  const centre = finite.reduce((sum, value) => sum + value, 0) / finite.length;
  let sum = 0;
  for (const value of finite) sum += (value - centre) ** 2;
  return Math.sqrt(sum / Math.max(1, finite.length - 1));
}
