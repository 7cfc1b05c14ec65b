/** Bits the model needs per UTF-8 byte of a text: summed negative log2-probabilities over summed bytes. */

import { byteLengthOf } from '../../python/python-text.ts';
import { pythonStr } from '../../python/python-value.ts';
import { logRatio } from '../log-ratio.ts';
import type { Metric } from '../metric.ts';

export const bitsPerByte: Metric = {
  id: 'bits_per_byte',
  outputTypes: ['loglikelihood_rolling'],
  higherIsBetter: false,
  unit: 'bits',
  aggregation: 'bits_per_byte',
  options: [],
  score: ({ answer, gold }) => {
    const weight = byteLengthOf(pythonStr(gold));
    return { value: answer.kind === 'rolling' ? -answer.logprob / Math.LN2 / weight : Number.NaN, parts: { weight } };
  },
  logged: logRatio,
};
