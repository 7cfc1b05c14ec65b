/** Whether an alert is told or kept for now, and telling those whose reason to be kept is over. Call inside a transaction. */
import { causeOf, type PossibleCause } from '../alert/inhibit.ts';
import type { Alert, AlertHold } from '../domain/alert.ts';
import type { StoredAlert } from '../store/alerts.ts';
import type { DaemonContext } from './context.ts';
import { damp } from './damp-flapping.ts';
import type { JudgingContext } from './judge-checkpoint.ts';
import { maintenanceOf } from './maintenance-of.ts';
import { type SendOptions, sendAlert } from './send-alert.ts';
import { sendSummary } from './send-summary.ts';

/** Sends an alert that fires, or keeps it with the reason. @returns true when there is a new message */
export function tellOrHold(context: JudgingContext, alert: Alert, options: SendOptions = {}): boolean {
  const hold = holdOf(context, alert);
  if (hold === null) return damp(context, alert) ?? sendAlert(context, alert, 'alert.firing', options);
  keep(context, alert, hold);
  return false;
}

/** The end of one that was never told is no message either. */
export function tellResolved(context: JudgingContext, alert: Alert): void {
  const { store } = context;
  const held = store.alerts.get(alert.id)?.held ?? null;
  if (held === null) {
    sendAlert(context, alert, 'alert.resolved');
    return;
  }
  // Whether it is over for good is told when it is calm.
  if (held.by === 'flapping') return;
  store.alerts.release(alert.id, null);
  store.alerts.remark(alert.id, 'it was over before it was sent');
}

/**
 * What is kept only by something that is over is told: what outlived its cause by itself, what a maintenance left in one message a channel.
 * Call it every few seconds. @returns true when there is a new message
 */
export function releaseHeld(context: DaemonContext): boolean {
  const { store } = context;
  const held = store.alerts.held().filter(({ held }) => held?.by !== 'flapping');
  if (held.length === 0) return false;
  return context.bus.transact(() => {
    const afterMaintenance = held.filter((stored) => {
      const hold = holdOf(context, stored, causesBefore(context, stored));
      if (hold !== null) {
        if (hold.by !== stored.held!.by || hold.cause !== stored.held!.cause) keep(context, stored, hold);
        return false;
      }
      return letGo(context, stored);
    });
    const alone = afterMaintenance.filter(({ held }) => held!.by === 'inhibited');
    const together = afterMaintenance.filter(({ held }) => held!.by === 'maintenance');
    const sent = alone.map((stored) => sendAlert(context, stored, 'alert.firing', { occasion: 'outlived' }));
    return [...sent, sendSummary(context, together)].some(Boolean);
  });
}

/** @returns true when it still has to be told: nobody has answered it meanwhile */
function letGo({ store, clock }: DaemonContext, { id, state, held }: StoredAlert): boolean {
  const isTold = state === 'firing';
  store.alerts.release(id, isTold ? clock.now() : null);
  if (isTold) store.alerts.remark(id, held!.by === 'maintenance' ? 'the maintenance is over' : 'it outlived its cause');
  return isTold;
}

function holdOf(context: JudgingContext, alert: Alert, further: readonly PossibleCause[] = []): AlertHold | null {
  const { store, config, clock } = context;
  if (maintenanceOf(context, alert.run) !== null) return { by: 'maintenance', cause: null };
  if (!config.alerts.inhibit) return null;
  const cause = causeOf(alert, [...store.alerts.open(alert.run), ...further], clock.now());
  return cause === null ? null : { by: 'inhibited', cause: cause.id };
}

/** The cause it was kept for, which may be over by now. */
function causesBefore({ store }: DaemonContext, { held }: StoredAlert): StoredAlert[] {
  const cause = held?.cause == null ? null : store.alerts.get(held.cause);
  return cause === null ? [] : [cause];
}

function keep({ store }: JudgingContext, { id }: Alert, hold: AlertHold): void {
  store.alerts.hold(id, hold);
  const cause = hold.cause === null ? null : store.alerts.get(hold.cause);
  store.alerts.remark(id, cause === null ? 'kept during the maintenance' : `kept: it follows from "${cause.title}"`);
}
