/** Perplexity of the target given its context: the exponential of the mean negative log-probability of a target. */
import type { Metric } from '../metric.ts';

export const perplexity: Metric = {
  id: 'perplexity',
  outputTypes: ['loglikelihood'],
  higherIsBetter: false,
  unit: 'perplexity',
  aggregation: 'perplexity',
  options: [],
  score: ({ answer }) => ({ value: answer.kind === 'loglikelihood' ? -answer.logprob : Number.NaN }),
  /** The harness keeps the log-probability, Libra its negative. */
  logged: (_doc, { value }) => -value,
};
