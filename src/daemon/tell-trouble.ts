/** Trouble with checkpoints themselves: one alert a run while it lasts, over with the next checkpoint that goes well. Call inside a transaction. */
import { checkpointVanishedAlert, evaluationFailingAlert, resolvedAlert } from '../alert/run-alerts.ts';
import type { Alert, AlertKind } from '../domain/alert.ts';
import { LibraError, messageOf } from '../domain/errors.ts';
import type { StoredCheckpoint } from '../store/checkpoints.ts';
import { applyAlertChange } from './apply-alert-change.ts';
import type { DaemonContext } from './context.ts';

/** Weights that became NaN fail every evaluation: that alert stands already, and says why. */
export function tellEvaluationFailed(context: DaemonContext, checkpoint: StoredCheckpoint, error: unknown): void {
  const isExplained = openOf(context, checkpoint.run, 'non-finite-loss').length > 0;
  const hint = error instanceof LibraError ? error.hint : '';
  if (!isExplained) openOnce(context, evaluationFailingAlert(checkpoint.run, checkpoint, messageOf(error), hint));
}

export function tellVanished(context: DaemonContext, checkpoint: StoredCheckpoint): void {
  openOnce(context, checkpointVanishedAlert(checkpoint.run, checkpoint));
}

/** Something went well: the alert about it is over. */
export function tellRecovered(
  context: DaemonContext,
  checkpoint: StoredCheckpoint,
  kind: 'evaluation-failing' | 'checkpoint-vanished',
): void {
  for (const alert of openOf(context, checkpoint.run, kind)) {
    if (alert.step !== null && checkpoint.step <= alert.step) continue;
    applyAlertChange(context, { change: 'resolve', alert: resolvedAlert(alert, checkpoint.step), flipped: [] });
  }
}

function openOnce(context: DaemonContext, alert: Alert): void {
  if (openOf(context, alert.run, alert.kind).length > 0 || context.store.alerts.get(alert.id) !== null) return;
  applyAlertChange(context, { change: 'open', alert, flipped: [] });
}

function openOf({ store }: DaemonContext, run: string, kind: AlertKind): Alert[] {
  return store.alerts.open(run).filter((alert) => alert.kind === kind);
}
