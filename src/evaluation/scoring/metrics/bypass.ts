/** No score: answers are only kept for whoever scores them later. The harness writes 999 for it. */
import type { Metric } from '../metric.ts';

export const bypass: Metric = {
  id: 'bypass',
  outputTypes: ['generate_until'],
  higherIsBetter: true,
  unit: 'points',
  aggregation: 'bypass',
  options: [],
  score: () => ({ value: 0 }),
  logged: () => null,
};
