/** Negative log-probability of the right choice among the choices (nats); of several right ones their probabilities together. */
import { goldChoices, logprobsOf, normalised } from '../choose.ts';
import { FEWEST_FOR_CONFIDENCE } from '../confidence.ts';
import type { Metric } from '../metric.ts';

export const nll: Metric = {
  id: 'nll',
  outputTypes: ['multiple_choice'],
  higherIsBetter: false,
  unit: 'nats',
  family: 'uncertainty',
  fewestDocs: FEWEST_FOR_CONFIDENCE,
  aggregation: 'mean',
  options: [],
  score: (doc) => {
    const logprobs = logprobsOf(doc);
    const gold = [...new Set(goldChoices(doc))];
    if (gold.length === 0) return { value: Number.NaN };
    if (gold.length > 1) {
      const shares = normalised(logprobs);
      return { value: -Math.log(gold.reduce((sum, place) => sum + shares[place]!, 0)) };
    }
    // By differences, so that a right choice of next to no probability keeps its number.
    const right = logprobs[gold[0]!]!;
    const top = Math.max(...logprobs);
    const total = logprobs.reduce((sum, logprob) => sum + Math.exp(logprob - top), 0);
    return { value: top - right + Math.log(total) };
  },
};
