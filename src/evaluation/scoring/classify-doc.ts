/** A doc of a choice task as one cell of the confusion matrix: whether it was right, and which class was predicted for which. */
import { argmax, goldChoices, logprobsOf } from './choose.ts';
import type { AnsweredDoc, DocValue } from './metric.ts';

/** The harness's number for an answer that is none of the choices. */
const NO_CHOICE = -100;

export function classifyDoc(doc: AnsweredDoc): DocValue {
  const predicted = argmax(logprobsOf(doc));
  const gold = goldChoices(doc)[0] ?? NO_CHOICE;
  return { value: Number(gold === predicted), parts: { gold, predicted } };
}
