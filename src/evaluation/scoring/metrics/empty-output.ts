/** Share of answers with nothing but space in them. */
import type { Metric } from '../metric.ts';

export const emptyOutput: Metric = {
  id: 'degeneration.empty',
  outputTypes: ['generate_until'],
  higherIsBetter: false,
  unit: 'proportion',
  probe: 'probe.degeneration.empty',
  aggregation: 'mean',
  options: [],
  score: ({ answer }) => ({ value: answer.kind === 'text' ? Number(answer.text.trim() === '') : Number.NaN }),
};
