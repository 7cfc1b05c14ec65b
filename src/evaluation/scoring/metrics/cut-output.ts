/** Share of answers that found no end: max_gen_toks ran out before a stop string or the end of the text. */
import type { Metric } from '../metric.ts';

export const cutOutput: Metric = {
  id: 'degeneration.cut',
  outputTypes: ['generate_until'],
  higherIsBetter: false,
  unit: 'proportion',
  probe: 'probe.degeneration.cut',
  aggregation: 'mean',
  options: [],
  score: ({ answer }) => ({ value: answer.kind === 'text' ? Number(answer.isUnfinished === true) : Number.NaN }),
};
