/** Brier score over the choices' normalised probabilities: the squared distance to the right answer (Brier 1950), 0 best, 2 worst. */
import { goldChoices, logprobsOf, normalised } from '../choose.ts';
import type { Metric } from '../metric.ts';
import { squaredDistance } from '../squared-distance.ts';

export const brierScore: Metric = {
  id: 'brier_score',
  outputTypes: ['multiple_choice'],
  higherIsBetter: false,
  unit: 'distance',
  family: 'uncertainty',
  aggregation: 'brier_score',
  options: [],
  score: (doc) => ({ value: squaredDistance(doc) }),
  logged: (doc) => [goldChoices(doc)[0], normalised(logprobsOf(doc))],
};
