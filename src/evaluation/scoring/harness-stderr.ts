/** The standard error lm-evaluation-harness would write for a score. */

import type { TaskMeasure } from '../task.ts';
import { aggregationOf } from './aggregation.ts';
import { bootstrapStderr } from './harness-bootstrap.ts';
import type { DocValue } from './metric.ts';

/** Its default `--bootstrap_iters`. */
export const HARNESS_ITERATIONS = 100_000;

/** Corpus scores are slow to compute there, so it draws fewer times. */
const DRAWN_LESS = ['bleu', 'chrf', 'chrf++', 'ter'];
const FEWER_ITERATIONS = 100;

/**
 * @param docs in the order of the data file, on which its draws depend
 * @returns NaN where it has none and writes "N/A"
 */
export function harnessStderr(
  measure: Pick<TaskMeasure, 'aggregation' | 'metric'>,
  docs: readonly DocValue[],
  iterations = HARNESS_ITERATIONS,
): number {
  const { harnessError, stderr } = aggregationOf(measure.aggregation);
  if (harnessError === undefined || docs.length < 2 || iterations < 1) return Number.NaN;
  if (harnessError === 'same') return stderr(docs);
  const draws = DRAWN_LESS.includes(measure.metric.id) ? Math.min(iterations, FEWER_ITERATIONS) : iterations;
  return bootstrapStderr(docs.length, harnessError(docs), draws);
}
