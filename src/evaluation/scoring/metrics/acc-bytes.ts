/** Accuracy with each choice's log-probability divided by its length in UTF-8 bytes. */

import { byteLengthOf } from '../../python/python-text.ts';
import { argmax, goldChoices, logprobsOf } from '../choose.ts';
import type { Metric } from '../metric.ts';

export const accBytes: Metric = {
  id: 'acc_bytes',
  outputTypes: ['multiple_choice'],
  higherIsBetter: true,
  unit: 'proportion',
  aggregation: 'mean',
  options: [],
  score: (doc) => {
    const normalised = logprobsOf(doc).map((logprob, i) => logprob / byteLengthOf(doc.choices[i]!));
    return { value: Number(goldChoices(doc).includes(argmax(normalised))) };
  },
};
