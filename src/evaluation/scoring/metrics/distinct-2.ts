/** distinct-2 (Li et al. 2016): different pairs of neighbouring units over all of an answer; no value for answers without a pair. */
import type { Metric } from '../metric.ts';
import { distinctShare, unitsOf } from '../text-units.ts';

export const distinct2: Metric = {
  id: 'degeneration.distinct_2',
  outputTypes: ['generate_until'],
  higherIsBetter: true,
  unit: 'proportion',
  aggregation: 'mean',
  options: [],
  score: ({ answer }) => ({
    value: (answer.kind === 'text' ? distinctShare(unitsOf(answer.text), 2) : null) ?? Number.NaN,
  }),
};
