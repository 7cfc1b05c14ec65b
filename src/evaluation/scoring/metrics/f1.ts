/**
 * F1 of the class 1 over a binary choice task: a doc's own value is whether it was right; the score comes from the classes.
 * The harness ignores `average` here, and so does Libra.
 */
import { classifyDoc } from '../classify-doc.ts';
import { logClasses } from '../confusion.ts';
import type { Metric } from '../metric.ts';

export const f1: Metric = {
  id: 'f1',
  outputTypes: ['multiple_choice'],
  higherIsBetter: true,
  unit: 'proportion',
  aggregation: 'f1',
  options: ['average'],
  score: classifyDoc,
  logged: logClasses,
};
