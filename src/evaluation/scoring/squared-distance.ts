/** Squared distance of the choices' normalised probabilities to the right answer (Brier 1950): 0 best, 2 worst. */
import { goldChoices, logprobsOf, normalised } from './choose.ts';
import type { AnsweredDoc } from './metric.ts';

/** Of several right choices the first counts, as in the harness. */
export function squaredDistance(doc: AnsweredDoc): number {
  const gold = goldChoices(doc)[0];
  return normalised(logprobsOf(doc)).reduce((sum, share, i) => sum + (share - Number(i === gold)) ** 2, 0);
}
