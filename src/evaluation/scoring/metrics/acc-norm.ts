/** Accuracy with each choice's log-probability divided by its length in characters. */

import { lengthOf } from '../../python/python-text.ts';
import { argmax, goldChoices, logprobsOf } from '../choose.ts';
import type { Metric } from '../metric.ts';

export const accNorm: Metric = {
  id: 'acc_norm',
  outputTypes: ['multiple_choice'],
  higherIsBetter: true,
  unit: 'proportion',
  aggregation: 'mean',
  options: [],
  score: (doc) => {
    const normalised = logprobsOf(doc).map((logprob, i) => logprob / lengthOf(doc.choices[i]!));
    return { value: Number(goldChoices(doc).includes(argmax(normalised))) };
  },
};
