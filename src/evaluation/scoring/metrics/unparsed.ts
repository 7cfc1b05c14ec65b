/** Share of answers in which the filters found nothing to score: a lost format, told apart from a lost ability. */
import type { Metric } from '../metric.ts';

export const unparsed: Metric = {
  id: 'unparsed',
  outputTypes: ['generate_until'],
  higherIsBetter: false,
  unit: 'proportion',
  probe: 'probe.format',
  aggregation: 'mean',
  options: [],
  score: ({ isParsed }) => ({ value: isParsed === undefined ? Number.NaN : Number(!isParsed) }),
};
