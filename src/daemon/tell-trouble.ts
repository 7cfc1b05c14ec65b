/** Trouble with checkpoints themselves: one alert a run while it lasts, over with the next checkpoint that goes well. Call inside a transaction. */
import { checkpointVanishedAlert, evaluationFailingAlert, resolvedAlert } from '../alert/run-alerts.ts';
import type { Alert, AlertKind } from '../domain/alert.ts';
import { LibraError, messageOf } from '../domain/errors.ts';
import type { StoredCheckpoint } from '../store/checkpoints.ts';
import { applyAlertChange } from './apply-alert-change.ts';
import type { JudgingContext } from './judge-checkpoint.ts';

/** Weights that became NaN fail every evaluation: that alert stands already, and says why. */
export function tellEvaluationFailed(context: JudgingContext, checkpoint: StoredCheckpoint, error: unknown): void {
  const isExplained = openOf(context, checkpoint.run, 'non-finite-loss').length > 0;
  const hint = error instanceof LibraError ? error.hint : '';
  if (!isExplained) openOnce(context, evaluationFailingAlert(checkpoint.run, checkpoint, messageOf(error), hint));
}

export function tellVanished(context: JudgingContext, checkpoint: StoredCheckpoint): void {
  openOnce(context, checkpointVanishedAlert(checkpoint.run, checkpoint));
}

/** Something went well: the alert about it is over. */
export function tellRecovered(
  context: JudgingContext,
  checkpoint: StoredCheckpoint,
  kind: 'evaluation-failing' | 'checkpoint-vanished',
): void {
  for (const alert of openOf(context, checkpoint.run, kind)) {
    if (alert.step !== null && checkpoint.step <= alert.step) continue;
    applyAlertChange(context, { change: 'resolve', alert: resolvedAlert(alert, checkpoint.step), flipped: [] });
  }
}

/** While it is open, or was answered, it is not told again. */
export function openOnce(context: JudgingContext, alert: Alert): void {
  if (openOf(context, alert.run, alert.kind).length > 0 || context.store.alerts.get(alert.id) !== null) return;
  applyAlertChange(context, { change: 'open', alert, flipped: [] });
}

/** Of the run, those of one kind that are not resolved. */
export function openOf({ store }: JudgingContext, run: string, kind: AlertKind): Alert[] {
  return store.alerts.open(run).filter((alert) => alert.kind === kind);
}
