/** Brier score over the choices' normalised probabilities: the squared distance to the right answer (Brier 1950), 0 best, 2 worst. */
import { goldChoices, logprobsOf } from '../choose.ts';
import type { Metric } from '../metric.ts';

export const brierScore: Metric = {
  id: 'brier_score',
  outputTypes: ['multiple_choice'],
  higherIsBetter: false,
  unit: 'distance',
  aggregation: 'mean',
  options: [],
  score: (doc) => {
    const logprobs = logprobsOf(doc);
    const top = Math.max(...logprobs);
    const odds = logprobs.map((logprob) => Math.exp(logprob - top));
    const total = odds.reduce((sum, one) => sum + one, 0);
    const gold = goldChoices(doc)[0];
    return { value: odds.reduce((sum, one, i) => sum + (one / total - Number(i === gold)) ** 2, 0) };
  },
};
