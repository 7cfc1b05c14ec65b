/** Training that broke is told as soon as its telemetry is read, not after the evaluation; also that it is over. */
import { telemetryChanges } from '../alert/telemetry-alerts.ts';
import type { StoredCheckpoint } from '../store/checkpoints.ts';
import { applyAlertChange } from './apply-alert-change.ts';
import type { DaemonContext } from './context.ts';

/** Call inside the transaction in which the checkpoint becomes complete; its telemetry is stored by then. */
export function noticeTelemetry(context: DaemonContext, checkpoint: StoredCheckpoint): void {
  const { store, bus } = context;
  const { run, step } = checkpoint;
  const changes = telemetryChanges(
    {
      run,
      checkpoints: store.checkpoints.ofRun(run).filter((each) => each.fingerprint !== null && each.step <= step),
      telemetry: store.telemetry.range(run, 0, step),
      openAlerts: store.alerts.open(run),
    },
    // Spikes wait for the verdicts: beside a regression they are its evidence, not news of their own.
    true,
  );
  for (const change of changes) {
    if (change.alert.kind === 'non-finite-loss') applyAlertChange(context, change);
  }
  const { maxSteps } = store.runs.require(run);
  if (maxSteps !== null && step >= maxSteps && store.runs.setState(run, 'finished')) {
    bus.emit('run.finished', { run, step });
  }
}
