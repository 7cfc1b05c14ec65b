/** Hugging Face's `accuracy` of a generated answer (`hf_evaluate: true`): it is the target, or one of several. */
import type { Metric } from '../metric.ts';
import { targetsOf } from '../targets.ts';

export const accuracy: Metric = {
  id: 'accuracy',
  outputTypes: ['generate_until'],
  higherIsBetter: true,
  unit: 'proportion',
  aggregation: 'mean',
  options: [],
  score: ({ text, gold, hasManyTargets }) => ({ value: Number(targetsOf(gold, hasManyTargets).includes(text)) }),
};
