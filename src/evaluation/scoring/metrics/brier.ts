/** The Brier score as every choice task is measured with it: that of the harness, but only where there are docs enough to trust it. */
import { goldChoices } from '../choose.ts';
import { FEWEST_FOR_CONFIDENCE } from '../confidence.ts';
import type { Metric } from '../metric.ts';
import { squaredDistance } from '../squared-distance.ts';

export const brier: Metric = {
  id: 'brier',
  outputTypes: ['multiple_choice'],
  higherIsBetter: false,
  unit: 'distance',
  family: 'uncertainty',
  fewestDocs: FEWEST_FOR_CONFIDENCE,
  aggregation: 'mean',
  options: [],
  score: (doc) => ({ value: goldChoices(doc).length === 0 ? Number.NaN : squaredDistance(doc) }),
};
