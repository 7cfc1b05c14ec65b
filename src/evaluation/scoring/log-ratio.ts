/** How the harness logs a doc of a score per unit of text: its log-probability and its number of units. */
import type { AnsweredDoc, DocValue } from './metric.ts';

export function logRatio({ answer }: AnsweredDoc, { parts }: DocValue): unknown {
  return [answer.kind === 'rolling' ? answer.logprob : Number.NaN, parts?.weight];
}
