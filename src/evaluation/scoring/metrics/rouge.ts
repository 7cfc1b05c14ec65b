/** ROUGE F1 of the answer against the target (the best of several), one metric a kind; `rouge` in a task file names all four. */
import type { Metric } from '../metric.ts';
import { targetsOf } from '../targets.ts';
import { ROUGE_TYPES, rougeOf } from '../text-metrics/rouge.ts';

export const rouge: readonly Metric[] = ROUGE_TYPES.map((type) => ({
  id: type,
  outputTypes: ['generate_until'],
  higherIsBetter: true,
  unit: 'proportion',
  aggregation: 'mean',
  options: [],
  score: ({ text, gold, hasManyTargets }) => ({ value: rougeOf(type, text, targetsOf(gold, hasManyTargets)) }),
}));
