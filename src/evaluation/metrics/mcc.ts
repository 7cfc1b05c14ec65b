/** Matthews correlation between predicted and right choices. A doc's own value is whether it was right; the score comes from the classes. */
import type { Metric } from '../metric.ts';
import { f1 } from './f1.ts';

export const mcc: Metric = {
  ...f1,
  id: 'mcc',
  unit: 'correlation',
  aggregation: 'matthews_corrcoef',
};
