/** Repetition: share of an answer's runs of four units (words, or characters where no spaces divide them) that it had before. */
import type { Metric } from '../metric.ts';
import { distinctShare, unitsOf } from '../text-units.ts';

const RUN = 4;

export const repetition: Metric = {
  id: 'degeneration.repetition',
  outputTypes: ['generate_until'],
  higherIsBetter: false,
  unit: 'proportion',
  probe: 'probe.degeneration',
  aggregation: 'mean',
  options: [],
  score: ({ answer }) => {
    if (answer.kind !== 'text') return { value: Number.NaN };
    return { value: 1 - (distinctShare(unitsOf(answer.text), RUN) ?? 1) };
  },
};
