/** Advice in numbers, as a trainer's hook reads it. */
import type { AdvisedChange, Alert } from '../domain/alert.ts';

export function presentChange(change: AdvisedChange) {
  return change.kind === 'raise_share'
    ? { kind: change.kind, part: change.part, share: change.share, mix: { ...change.mix } }
    : { kind: change.kind, learning_rate: change.learningRate };
}

/** Of alerts that fire: who acknowledged or silenced one decides without a hook. */
export function presentSuggestedChanges(alerts: readonly Alert[]) {
  return alerts
    .filter(({ state }) => state === 'firing')
    .flatMap(({ id, advice }) =>
      advice.flatMap(({ change, confidence, why }) =>
        change === undefined ? [] : [{ alert: id, change: presentChange(change), confidence, reason: why }],
      ),
    );
}
