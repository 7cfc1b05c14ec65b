/** Perplexity per UTF-8 byte of a text. */

import { byteLengthOf } from '../../python/python-text.ts';
import { pythonStr } from '../../python/python-value.ts';
import { logRatio } from '../log-ratio.ts';
import type { Metric } from '../metric.ts';

export const bytePerplexity: Metric = {
  id: 'byte_perplexity',
  outputTypes: ['loglikelihood_rolling'],
  higherIsBetter: false,
  unit: 'perplexity',
  aggregation: 'weighted_perplexity',
  options: [],
  score: ({ answer, gold }) => {
    const weight = byteLengthOf(pythonStr(gold));
    return { value: answer.kind === 'rolling' ? -answer.logprob / weight : Number.NaN, parts: { weight } };
  },
  logged: logRatio,
};
