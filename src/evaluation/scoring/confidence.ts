/** How sure a model was of the choice it took. */
import { argmax, goldChoices, logprobsOf, normalised } from './choose.ts';
import type { AnsweredDoc, DocValue, Metric } from './metric.ts';

/** HELM's: with fewer docs a bin holds a handful. */
export const FEWEST_FOR_CONFIDENCE = 300;

/**
 * Confidence is the largest of the choices' probabilities among themselves (HELM's max_prob); part `correct` is 1 where that choice is
 * right. No value where a doc names no right choice, or where the engine gave nothing but zeros: those are no log-probabilities.
 */
export function confidenceOf(doc: AnsweredDoc): DocValue {
  const logprobs = logprobsOf(doc);
  const gold = goldChoices(doc);
  if (gold.length === 0 || logprobs.every((logprob) => logprob === 0)) return { value: Number.NaN };
  return {
    value: Math.max(...normalised(logprobs)),
    parts: { correct: Number(gold.includes(argmax(logprobs))) },
  };
}

/** A figure over the confidences of a choice task; its id is that of its aggregation. */
export function confidenceMetric(id: string, higherIsBetter: boolean): Metric {
  return {
    id,
    outputTypes: ['multiple_choice'],
    higherIsBetter,
    unit: 'proportion',
    family: 'uncertainty',
    fewestDocs: FEWEST_FOR_CONFIDENCE,
    aggregation: id,
    options: [],
    score: confidenceOf,
  };
}
