/** What time alone does to alerts: a silence ends, and what nobody answers is told again. */
import { type ReminderSettings, remindersDue } from '../alert/remind.ts';
import type { Alert } from '../domain/alert.ts';
import { plainAlert, type StoredAlert } from '../store/alerts.ts';
import type { DaemonContext } from './context.ts';
import { tellOrHold } from './hold-alert.ts';
import { maintenanceOf } from './maintenance-of.ts';
import { sendAlert } from './send-alert.ts';

/** Call it every few seconds: what was put into the outbox once is not put there again. @returns true when something new waits there */
export function remind(context: DaemonContext): boolean {
  const { store, config } = context;
  const { reminders } = config.alerts;
  const isOn = reminders.every !== null || reminders.escalate_after !== null;
  return store.alerts
    .waiting(isOn ? reminders.severities : [])
    .map((alert) => (alert.state === 'silenced' ? endSilence(context, alert) : tellAgain(context, alert, reminders)))
    .some(Boolean);
}

function endSilence(context: DaemonContext, stored: StoredAlert): boolean {
  const { store, clock, bus } = context;
  const { silencedUntil: until } = stored;
  if (until == null || until > clock.now()) return false;
  const alert: Alert = { ...plainAlert(stored), state: 'firing', silencedUntil: null };
  return bus.transact(() => {
    store.alerts.save(alert, 'libra', 'the silence is over');
    return tellOrHold(context, alert, { occasion: `silence-over-${until}` });
  });
}

function tellAgain(context: DaemonContext, stored: StoredAlert, settings: ReminderSettings): boolean {
  const { clock, notifiers, bus } = context;
  // Who was not told could not answer; nor is anybody reminded in a maintenance.
  if (stored.held !== null || maintenanceOf(context, stored.run) !== null) return false;
  const alert = plainAlert(stored);
  const stateAt = Math.max(stored.stateAt, stored.toldAt ?? 0);
  const { again, escalated } = remindersDue(alert, stateAt, settings, clock.now());
  const messages = [
    ...(again === null ? [] : [{ reminder: again, occasion: `reminder-${stateAt}-${again.nth}` }]),
    ...(escalated === null
      ? []
      : [
          {
            reminder: escalated,
            occasion: `escalated-${stateAt}`,
            to: notifiers.filter(({ name }) => settings.escalate_to.includes(name)),
          },
        ]),
  ];
  if (messages.length === 0) return false;
  return bus.transact(() =>
    messages.map((message) => sendAlert(context, alert, 'alert.firing', message)).some(Boolean),
  );
}
