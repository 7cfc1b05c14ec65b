/** What results.json says beyond the harness's own schema stands apart, so that the harness's entries are exactly its own. */
import type { Score } from '../../domain/score.ts';
import type { AnsweredSlice } from '../scoring/aggregate.ts';
import { measureAttached } from '../scoring/measure-attached.ts';
import { robustnessOf } from '../scoring/robustness.ts';
import { type MeasuredOn, provenanceOf } from './provenance.ts';

/** By task: what is measured of every task of its kind, how it stood perturbations, and where its scores come from. */
export function beyondHarness(slices: readonly AnsweredSlice[], on: MeasuredOn): Record<string, unknown> {
  const originals = slices.filter(({ task }) => task.summary.variant === undefined);
  const perTask = <T>(value: (slice: AnsweredSlice) => T) =>
    Object.fromEntries(originals.map((slice) => [slice.task.summary.name, value(slice)]));
  const variantsOf = ({ task }: AnsweredSlice) =>
    slices.filter((other) => other.task.summary.variant?.of === task.summary.name);
  return {
    attached: perTask((slice) => measureAttached(slice).scores.map(describe)),
    robustness: perTask((slice) => robustnessOf(slice, variantsOf(slice)).scores.map(describe)),
    provenance: perTask((slice) => provenanceOf(slice, on)),
  };
}

function describe({ metric, family, value, stderr, n, unit, higherIsBetter, reason }: Score) {
  return {
    metric,
    family,
    value: finite(value),
    stderr: finite(stderr),
    n,
    unit,
    higher_is_better: higherIsBetter,
    reason,
  };
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
