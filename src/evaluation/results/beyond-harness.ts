/** What results.json says beyond the harness's own schema stands apart, so that the harness's entries are exactly its own. */
import type { Score } from '../../domain/score.ts';
import { finiteOrNull } from '../../system/json.ts';
import type { AnsweredSlice } from '../scoring/aggregate.ts';
import { type MeasuredOn, provenanceOf } from './provenance.ts';

/**
 * By task: what is measured of every task of its kind, how it stood perturbations, and where its scores come from.
 * @param scores of the slices
 */
export function beyondHarness(
  slices: readonly AnsweredSlice[],
  scores: readonly Score[],
  on: MeasuredOn,
): Record<string, unknown> {
  const originals = slices.filter(({ task }) => task.summary.variant === undefined);
  const perTask = <T>(value: (slice: AnsweredSlice) => T) =>
    Object.fromEntries(originals.map((slice) => [slice.task.summary.name, value(slice)]));
  const scoresOf = ({ task }: AnsweredSlice, isWanted: (score: Score) => boolean) =>
    scores.filter((score) => score.task === task.summary.name && isWanted(score)).map(describe);
  return {
    attached: perTask((slice) => scoresOf(slice, ({ isAttached }) => isAttached === true)),
    robustness: perTask((slice) => scoresOf(slice, ({ family }) => family === 'robustness')),
    provenance: perTask((slice) => provenanceOf(slice, on)),
  };
}

function describe({ metric, family, value, stderr, n, unit, higherIsBetter, reason }: Score) {
  return {
    metric,
    family,
    value: finiteOrNull(value),
    stderr: finiteOrNull(stderr),
    n,
    unit,
    higher_is_better: higherIsBetter,
    reason,
  };
}
