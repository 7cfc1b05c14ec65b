/** Brier score over the choices' normalised probabilities: the squared distance to the right answer (Brier 1950), 0 best, 2 worst. */
import { goldChoices, logprobsOf } from '../choose.ts';
import type { AnsweredDoc, Metric } from '../metric.ts';

export const brierScore: Metric = {
  id: 'brier_score',
  outputTypes: ['multiple_choice'],
  higherIsBetter: false,
  unit: 'distance',
  aggregation: 'brier_score',
  options: [],
  score: (doc) => {
    const gold = goldChoices(doc)[0];
    return { value: probabilitiesOf(doc).reduce((sum, one, i) => sum + (one - Number(i === gold)) ** 2, 0) };
  },
  logged: (doc) => [goldChoices(doc)[0], probabilitiesOf(doc)],
};

/** Probabilities of the choices, among themselves. */
function probabilitiesOf(doc: AnsweredDoc): number[] {
  const logprobs = logprobsOf(doc);
  const top = Math.max(...logprobs);
  const odds = logprobs.map((logprob) => Math.exp(logprob - top));
  const total = odds.reduce((sum, one) => sum + one, 0);
  return odds.map((one) => one / total);
}
