/** Takes what is due in the outbox to its channels and keeps what came of it. */
import { type DeliveryReport, deliverPending } from '../alert/deliver.ts';
import type { DaemonContext } from './context.ts';
import { limitOutbox } from './limit-outbox.ts';

/** @returns true when something was tried */
export async function deliverOutbox(context: DaemonContext, signal: AbortSignal): Promise<boolean> {
  const { store, notifiers, clock } = context;
  limitOutbox(context);
  const deliveries = store.deliveries.due();
  if (deliveries.length === 0) return false;
  await deliverPending({
    deliveries,
    notifiers,
    now: clock.now,
    random: Math.random,
    report: (report) => keep(context, report),
    signal,
  });
  return true;
}

function keep({ store, log }: DaemonContext, { delivery, state, nextAt, error }: DeliveryReport): void {
  if (state === 'sent') {
    store.deliveries.sent(delivery.id);
    return;
  }
  log.warn(`a message to ${delivery.channel} did not arrive: ${error}`, { event: delivery.event });
  if (state === 'dead') store.deliveries.dead(delivery.id, error ?? '');
  else store.deliveries.retry(delivery.id, error ?? '', nextAt ?? 0);
}
