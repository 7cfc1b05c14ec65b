/** Matthews correlation between predicted and right choices. A doc's own value is whether it was right; the score comes from the classes. */
import { classifyDoc } from '../classify-doc.ts';
import { logClasses } from '../confusion.ts';
import type { Metric } from '../metric.ts';

export const mcc: Metric = {
  id: 'mcc',
  outputTypes: ['multiple_choice'],
  higherIsBetter: true,
  unit: 'correlation',
  aggregation: 'matthews_corrcoef',
  options: [],
  score: classifyDoc,
  logged: logClasses,
};
