/** Puts an alert into the outbox of every channel it concerns. Call it inside a transaction. */
import type { FlappingNote } from '../alert/flapping.ts';
import type { Notifier } from '../alert/notifier.ts';
import { outgoingKey, outgoingOf } from '../alert/outgoing.ts';
import type { Reminder } from '../alert/remind.ts';
import { channelsFor, sendingTime } from '../alert/route-alert.ts';
import type { Alert } from '../domain/alert.ts';
import { plainAlert } from '../store/alerts.ts';
import { rfc3339 } from '../system/clock.ts';
import { alertTrends } from './alert-trends.ts';
import type { JudgingContext } from './judge-checkpoint.ts';
import { maintenanceOf } from './maintenance-of.ts';

export interface SendOptions {
  /** What sets this message apart from the first one about the same alert and event. */
  readonly occasion?: string;
  readonly reminder?: Reminder;
  readonly flapping?: FlappingNote;
  /** Instead of what the routes say. */
  readonly to?: readonly Notifier[];
}

/** What the team silenced is kept and shown, but not sent. @returns true when there is a new message */
export function sendAlert(
  context: JudgingContext,
  told: Alert,
  event: 'alert.firing' | 'alert.resolved',
  { occasion, reminder, flapping, to }: SendOptions = {},
): boolean {
  const { store, config, clock, notifiers, linkOf, actionsOf } = context;
  const alert = plainAlert(told);
  if (store.alerts.get(alert.id)?.state === 'silenced') return false;
  const { routes, quiet_hours, samples, language } = config.alerts;
  const now = clock.now();
  const { name: runName } = store.runs.require(alert.run);
  const names = channelsFor(
    alert,
    routes,
    notifiers.map((notifier) => notifier.name),
    runName,
  );
  const wanted = to ?? notifiers.filter(({ name }) => names.includes(name));
  const said = { event, ...(occasion === undefined ? {} : { occasion }) };
  // A reminder comes up again every few seconds: nothing is written for a message that is there.
  const fresh = wanted.filter(({ name }) => !store.deliveries.isKnown(outgoingKey(alert, name, said)));
  const trends = fresh.length === 0 ? [] : alertTrends(store, alert);
  for (const notifier of fresh) {
    const payload = outgoingOf(alert, notifier, {
      ...said,
      at: rfc3339(now),
      language,
      link: linkOf(alert),
      trends,
      pictures: notifier.takesPictures === true,
      ...(notifier.takesActions && actionsOf && { actions: actionsOf(alert, notifier.name) }),
      runName,
      ...(samples === null ? {} : { samples }),
      ...(reminder === undefined ? {} : { reminder }),
      ...(flapping === undefined ? {} : { flapping }),
    });
    store.deliveries.enqueue({
      alert: alert.id,
      event,
      channel: notifier.name,
      key: payload.key,
      payload,
      isUrgent: event === 'alert.firing' && alert.kind === 'regression' && alert.severity === 'critical',
      // That one is over is said when the maintenance is.
      nextAt: sendingTime(maintenanceOf(context, alert.run) ?? now, alert.severity, quiet_hours),
    });
  }
  return fresh.length > 0;
}
