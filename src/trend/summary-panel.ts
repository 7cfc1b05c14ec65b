/**
 * Panel of a task whose docs nobody kept, somewhere in the frame: value, standard error and n of each checkpoint, nothing paired.
 * Two values then differ with the variance of both. Of the same docs that is more than the truth (their errors move together),
 * so such a series fires late rather than wrongly.
 */
import type { OutcomeSummary, Outcomes } from '../domain/score.ts';
import { byCovariance, type DocPanel } from './doc-panel.ts';
import { noiseOf } from './metric-noise.ts';

export function isSummary(outcomes: Outcomes | null): boolean {
  return outcomes?.summary !== undefined;
}

/** A value can be judged by its standard error, or by its n where that gives one. */
export function isUsable(outcomes: Outcomes): boolean {
  return !Number.isNaN(summaryOf(outcomes).stderr);
}

/** @param frame null where the task was not measured, or in another segment; a checkpoint whose error is not known counts as not measured */
export function buildSummaryPanel(frame: readonly (Outcomes | null)[], ownEffect?: number): DocPanel {
  const newest = frame.findLast((outcomes) => outcomes !== null);
  if (!newest) throw new RangeError('a panel needs at least one measured checkpoint');
  const summaries = frame.map((outcomes) => {
    const summary = outcomes === null ? null : summaryOf(outcomes);
    return summary === null || Number.isNaN(summary.stderr) ? null : summary;
  });
  const learned = noiseOf(
    newest.metric,
    summaries.every((summary) => summary === null || (summary.value >= 0 && summary.value <= 1)),
  );
  const noise = ownEffect === undefined ? learned : { ...learned, ownEffect };
  const means = Float64Array.from(summaries, (summary) => summary?.value ?? Number.NaN);
  const covariance = new Float64Array(frame.length ** 2);
  summaries.forEach((summary, t) => {
    covariance[t * frame.length + t] = summary === null ? Number.NaN : summary.stderr ** 2;
  });
  const last = summaries.findLast((summary) => summary !== null)!;
  const n = last.n;
  return {
    task: newest.task,
    metric: newest.metric,
    higherIsBetter: newest.higherIsBetter,
    noise,
    isMeasured: summaries.map((summary) => summary !== null),
    means,
    counts: Int32Array.from(summaries, (summary) => summary?.n ?? 0),
    covariance,
    docSpread: last.stderr * Math.sqrt(n),
    contrast: byCovariance(means, covariance, { docs: n, units: n }),
    at: () => Number.NaN,
    docs: n,
    units: n,
    isPaired: false,
  };
}

/**
 * What is known of a measurement as a whole. A proportion's error follows from its n, and its n from its error, where one is missing;
 * one that was 0 or 1 on all docs is not without error (Agresti & Coull 1998: two more docs right and two more wrong).
 */
export function summaryOf(outcomes: Outcomes): OutcomeSummary {
  const { value, stderr, n } = outcomes.summary ?? summarise(outcomes);
  const { kind } = noiseOf(outcomes.metric, value >= 0 && value <= 1);
  const spread = value * (1 - value);
  if (kind !== 'proportion') {
    // The harness gives perplexities no error. The texts are the same everywhere, so that what is left is the jitter, which is learned.
    const known = kind === 'relative' && Number.isNaN(stderr) ? 0 : stderr;
    return { value, stderr: known, n: n > 0 ? n : Number.isNaN(known) ? 0 : UNKNOWN_N };
  }
  const docs = n > 0 ? n : stderr > 0 && spread > 0 ? Math.round(spread / stderr ** 2) + 1 : 0;
  if (docs === 0) return { value, stderr: Number.NaN, n: 0 };
  const centred = (value * docs + 2) / (docs + 4);
  const least = Math.sqrt((centred * (1 - centred)) / (docs + 4));
  return { value, stderr: stderr > 0 ? stderr : least, n: docs };
}

/** Of a mean whose n nobody wrote down: enough for its error to be taken as it stands. */
const UNKNOWN_N = 1000;

/** Perplexities, whose docs are kept as nats. */
const EXPONENTIAL = new Set(['perplexity', 'word_perplexity', 'byte_perplexity']);

function summarise({ metric, values }: Outcomes): OutcomeSummary {
  const known = values.filter(Number.isFinite);
  const n = known.length;
  const value = known.reduce((sum, each) => sum + each, 0) / n;
  const variance = known.reduce((sum, each) => sum + (each - value) ** 2, 0) / Math.max(1, n - 1);
  const stderr = n < 2 ? Number.NaN : Math.sqrt(variance / n);
  return EXPONENTIAL.has(metric)
    ? { value: Math.exp(value), stderr: Math.exp(value) * stderr, n }
    : { value, stderr, n };
}
