/**
 * Hugging Face's `f1` of generated classes (`hf_evaluate: true`), taken of each doc alone and averaged, as the harness does it:
 * 1 for the right class, with `average: binary` (the default there) only if that is class 1.
 */
import type { Metric } from '../metric.ts';
import { targetsOf } from '../targets.ts';

const AVERAGES = ['binary', 'micro', 'macro', 'weighted'];

export const f1OfAnswers: Metric = {
  id: 'f1',
  outputTypes: ['generate_until'],
  higherIsBetter: true,
  unit: 'proportion',
  aggregation: 'mean',
  options: ['average'],
  check: ({ average }) => {
    if (average == null || AVERAGES.includes(String(average))) return;
    throw new Error(`\`average\` must be one of ${AVERAGES.join(', ')}`);
  },
  score: ({ text, gold, hasManyTargets }, { average }) => {
    const isRight = targetsOf(gold, hasManyTargets).includes(text);
    const isCounted = (average != null && average !== 'binary') || text === '1';
    return { value: Number(isRight && isCounted) };
  },
};
