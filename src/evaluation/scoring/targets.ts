/** The texts a generated answer is measured against. */

import { pythonStr } from '../python/python-value.ts';
import type { AnsweredDoc } from './metric.ts';

/** Texts of which any is right. */
export function targetsOf(gold: unknown, hasManyTargets: boolean): string[] {
  return (hasManyTargets && Array.isArray(gold) ? gold : [gold]).map(pythonStr);
}

/** How the harness logs a doc whose score only the whole corpus has: target and answer. */
export function logTexts({ gold, hasManyTargets, text }: AnsweredDoc): unknown {
  const targets = targetsOf(gold, hasManyTargets);
  return [targets.length === 1 ? targets[0] : targets, text];
}
