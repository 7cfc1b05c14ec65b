/** A change of an alert is kept, told, and put into the outbox of every channel it concerns. Call inside a transaction. */
import type { AlertChange } from '../alert/detect.ts';
import { outgoingOf } from '../alert/outgoing.ts';
import { channelsFor, sendingTime } from '../alert/route-alert.ts';
import type { Alert } from '../domain/alert.ts';
import { rfc3339 } from '../system/clock.ts';
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
  send(context, alert, event);
}

/** What the team silenced is kept and shown, but not sent. */
function send(
  { store, config, clock, notifiers, linkOf }: JudgingContext,
  alert: Alert,
  event: 'alert.firing' | 'alert.resolved',
): void {
  if (store.alerts.get(alert.id)?.state === 'silenced') return;
  const { routes, quiet_hours, samples, language } = config.alerts;
  const now = clock.now();
  const names = channelsFor(
    alert,
    routes,
    notifiers.map((notifier) => notifier.name),
  );
  for (const notifier of notifiers.filter(({ name }) => names.includes(name))) {
    const payload = outgoingOf(alert, notifier, {
      at: rfc3339(now),
      event,
      language,
      link: linkOf(alert),
      runName: store.runs.require(alert.run).name,
      ...(samples === null ? {} : { samples }),
    });
    store.deliveries.enqueue({
      alert: alert.id,
      event,
      channel: notifier.name,
      key: payload.key,
      payload,
      nextAt: sendingTime(now, alert.severity, quiet_hours),
    });
  }
}
