/** Reminds of alerts that nobody answers; call it every few seconds. What was put into the outbox once is not put there again. */
import { remindersDue } from '../alert/remind.ts';
import type { DaemonContext } from './context.ts';
import { sendAlert } from './send-alert.ts';

/** Brings alerts back whose silence is over, and reminds. @returns true when something waits in the outbox now */
export function remind(context: DaemonContext): boolean {
  const { store, config, clock, notifiers, bus } = context;
  const now = clock.now();
  return bus.transact(() =>
    store.runs
      .list()
      .flatMap(({ id }) => store.alerts.open(id))
      .map((stored) => {
        const { createdAt: _, stateAt, ...alert } = stored;
        if (alert.state === 'silenced' && alert.silencedUntil != null && alert.silencedUntil <= now) {
          store.alerts.save({ ...alert, state: 'firing', silencedUntil: null }, 'libra', 'the silence is over');
          return sendAlert(context, { ...alert, state: 'firing', silencedUntil: null }, 'alert.firing', {
            occasion: `silence-over-${alert.silencedUntil}`,
          });
        }
        const { again, escalated } = remindersDue(alert, stateAt, config.alerts.reminders, now);
        const names = new Set(config.alerts.reminders.escalate_to);
        const further = escalated === null ? [] : notifiers.filter(({ name }) => names.has(name));
        return [
          again !== null &&
            sendAlert(context, alert, 'alert.firing', {
              reminder: again,
              occasion: `reminder-${stateAt}-${again.nth}`,
            }),
          further.length > 0 &&
            sendAlert(context, alert, 'alert.firing', {
              reminder: escalated!,
              occasion: `escalated-${stateAt}`,
              to: further,
            }),
        ].some(Boolean);
      })
      .some(Boolean),
  );
}
