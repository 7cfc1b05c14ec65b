/** Which choice a model takes, and which is right. */

import { numberIn } from '../python/python-value.ts';
import type { AnsweredDoc } from './metric.ts';

/** Place of the largest value; of equals the first, and NaN before all, as numpy's argmax. */
export function argmax(values: readonly number[]): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) {
    if (Number.isNaN(values[best]!)) return best;
    if (values[i]! > values[best]! || Number.isNaN(values[i]!)) best = i;
  }
  return best;
}

/** Log-probabilities of the choices; empty for other answers. */
export function logprobsOf({ answer }: AnsweredDoc): readonly number[] {
  return answer.kind === 'choice' ? answer.logprobs : [];
}

/** Numbers of the right choices: a number counts if there is such a choice, a text is looked up. */
export function goldChoices({
  gold,
  choices,
  hasManyTargets,
}: Pick<AnsweredDoc, 'gold' | 'choices' | 'hasManyTargets'>): number[] {
  const listed = Array.isArray(gold) ? (hasManyTargets ? gold : []) : [gold];
  return listed.flatMap((one: unknown) => {
    if (typeof one === 'string') {
      const place = choices.indexOf(one);
      return place < 0 ? [] : [place];
    }
    const place = numberIn(one);
    return place !== undefined && place < choices.length ? [place] : [];
  });
}

/** Probabilities of the choices among themselves: they add up to 1. */
export function normalised(logprobs: readonly number[]): number[] {
  const top = Math.max(...logprobs);
  const odds = logprobs.map((logprob) => Math.exp(logprob - top));
  const total = odds.reduce((sum, one) => sum + one, 0);
  return odds.map((one) => one / total);
}
