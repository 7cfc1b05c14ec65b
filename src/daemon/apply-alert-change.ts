/** A change of an alert is kept, told, and put into the outbox of every channel it concerns. Call inside a transaction. */
import type { AlertChange } from '../alert/detect.ts';
import { tellOrHold, tellResolved } from './hold-alert.ts';
import type { JudgingContext } from './judge-checkpoint.ts';

export function applyAlertChange(context: JudgingContext, { change, alert }: AlertChange): void {
  const { store, bus } = context;
  store.alerts.save(alert);
  if (change === 'update') return;
  const event = change === 'open' ? 'alert.firing' : 'alert.resolved';
  bus.emit(event, {
    run: alert.run,
    ...(alert.checkpoint === null ? {} : { checkpoint: alert.checkpoint }),
    ...(alert.step === null ? {} : { step: alert.step }),
    alert: alert.id,
    kind: alert.kind,
    severity: alert.severity,
    title: alert.title,
    ...(alert.sinceStep === null ? {} : { since_step: alert.sinceStep }),
    ...(alert.resolvedAtStep === null ? {} : { resolved_at_step: alert.resolvedAtStep }),
    capabilities: alert.members.map((member) => member.capability),
  });
  if (change === 'open') tellOrHold(context, alert);
  else tellResolved(context, alert);
}
