/** A doc of a choice task as one cell of the confusion matrix: whether it was right, and which class was predicted for which. */
import { argmax, goldChoices, logprobsOf } from './choose.ts';
import type { AnsweredDoc, DocValue } from './metric.ts';

export function classifyDoc(doc: AnsweredDoc): DocValue {
  const predicted = argmax(logprobsOf(doc));
  const gold = goldChoices(doc)[0] ?? -1;
  return { value: Number(gold === predicted), parts: { gold, predicted } };
}
