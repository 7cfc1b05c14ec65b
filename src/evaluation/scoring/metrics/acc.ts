/** Accuracy: the choice with the highest log-probability is right; for a plain loglikelihood task, every token was the arg-max. */
import { argmax, goldChoices, logprobsOf } from '../choose.ts';
import type { Metric } from '../metric.ts';

export const acc: Metric = {
  id: 'acc',
  outputTypes: ['multiple_choice', 'loglikelihood'],
  higherIsBetter: true,
  unit: 'proportion',
  aggregation: 'mean',
  options: [],
  score: (doc) => {
    if (doc.answer.kind === 'loglikelihood') return { value: Number(doc.answer.isGreedy) };
    return { value: Number(goldChoices(doc).includes(argmax(logprobsOf(doc)))) };
  },
};
