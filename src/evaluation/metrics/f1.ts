/**
 * F1 of the class 1 over a binary choice task: a doc's own value is whether it was right; the score comes from the classes.
 * Of generated answers (`hf_evaluate: true`) the F1 of each doc alone, which the harness averages: 1 for the right class,
 * for `average: binary` only if that is class 1. For choices the harness ignores `average`, and so does Libra.
 */
import { classifyDoc } from '../classify-doc.ts';
import { logClasses } from '../confusion.ts';
import type { Metric } from '../metric.ts';
import { targetsOf } from '../targets.ts';

const AVERAGES = ['binary', 'micro', 'macro', 'weighted'];

export const f1: Metric = {
  id: 'f1',
  outputTypes: ['multiple_choice', 'generate_until'],
  higherIsBetter: true,
  unit: 'proportion',
  aggregation: 'f1',
  options: ['average'],
  check: ({ average }) => {
    if (average == null || AVERAGES.includes(String(average))) return;
    throw new Error(`\`average\` must be one of ${AVERAGES.join(', ')}`);
  },
  score: (doc, { average }) => {
    if (doc.outputType === 'multiple_choice') return classifyDoc(doc);
    const isRight = targetsOf(doc.gold, doc.hasManyTargets).includes(doc.text);
    const counts = average == null || average === 'binary' ? doc.text === '1' : true;
    return { value: Number(isRight && counts) };
  },
  logged: logClasses,
};
