/** Perplexity per word (pieces between whitespace) of a text: the exponential of summed log-probabilities over summed words. */

import { countWords } from '../../python/python-text.ts';
import { pythonStr } from '../../python/python-value.ts';
import { logRatio } from '../log-ratio.ts';
import type { Metric } from '../metric.ts';

export const wordPerplexity: Metric = {
  id: 'word_perplexity',
  outputTypes: ['loglikelihood_rolling'],
  higherIsBetter: false,
  unit: 'perplexity',
  aggregation: 'weighted_perplexity',
  options: [],
  score: ({ answer, gold }) => {
    const weight = countWords(pythonStr(gold));
    return { value: answer.kind === 'rolling' ? -answer.logprob / weight : Number.NaN, parts: { weight } };
  },
  logged: logRatio,
};
