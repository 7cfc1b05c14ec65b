/**
 * Accuracy by mutual information: the choice whose log-probability grows most by the context, log P(choice | context) - log P(choice),
 * is right. Each choice is asked once more without its context.
 */
import { argmax, goldChoices } from '../choose.ts';
import type { Metric } from '../metric.ts';

export const accMutualInfo: Metric = {
  id: 'acc_mutual_info',
  outputTypes: ['multiple_choice'],
  higherIsBetter: true,
  unit: 'proportion',
  aggregation: 'mean',
  options: [],
  needsUnconditional: true,
  score: (doc) => {
    if (doc.answer.kind !== 'choice' || doc.answer.unconditional === undefined) return { value: Number.NaN };
    const { logprobs, unconditional } = doc.answer;
    const gains = logprobs.map((logprob, i) => logprob - unconditional.logprobs[i]!);
    return { value: Number(goldChoices(doc).includes(argmax(gains))) };
  },
};
