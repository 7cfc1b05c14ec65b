/** Takes what is due in the outbox to its channels: a worker for each, so that none waits for another, and each in order. */
import { type DeliveryReport, deliver } from '../alert/deliver.ts';
import type { DaemonContext } from './context.ts';
import { limitOutbox } from './limit-outbox.ts';
import { startWorkLoop, type WorkLoop } from './work-loop.ts';

export type OutboxContext = Pick<DaemonContext, 'store' | 'config' | 'notifiers' | 'clock' | 'log'>;

export interface Outbox {
  /** Looks what is due. What this process puts into the outbox wakes it by itself. */
  wake(): void;
  /** What is on its way is called off and tried again at the next start. */
  stop(): Promise<void>;
}

/** Starts with what is there. */
export function startOutbox(context: OutboxContext): Outbox {
  const { store } = context;
  const workers = new Map<string, WorkLoop>();
  let isStopped = false;
  const wake = () => {
    if (isStopped) return;
    for (const channel of store.deliveries.channels())
      if (!workers.has(channel)) workers.set(channel, startWorker(context, channel));
    for (const worker of workers.values()) worker.wake();
  };
  let isWakeDue = false;
  store.deliveries.onEnqueued(() => {
    if (isWakeDue) return;
    isWakeDue = true;
    // After the transaction, which does not await, and once for all that it puts in.
    queueMicrotask(() => {
      isWakeDue = false;
      wake();
    });
  });
  wake();
  return {
    wake,
    stop: async () => {
      isStopped = true;
      await Promise.all([...workers.values()].map((worker) => worker.stop()));
    },
  };
}

function startWorker(context: OutboxContext, channel: string): WorkLoop {
  const { store, clock, log } = context;
  let lookedAt = 0;
  return startWorkLoop({
    name: `outbox ${channel}`,
    clock,
    log,
    work: (signal) => {
      lookedAt = clock.now();
      return deliverNext(context, channel, signal);
    },
    // What was due at the last look and is still there waits for an earlier one.
    nextAt: () => store.deliveries.nextAt(channel, lookedAt),
  });
}

/** Takes one message to its channel. @returns true when it was tried */
export async function deliverNext(context: OutboxContext, channel: string, signal: AbortSignal): Promise<boolean> {
  const { store, notifiers, clock } = context;
  limitOutbox(context);
  const delivery = store.deliveries.nextOf(channel);
  if (delivery === null) return false;
  const notifier = notifiers.find(({ name }) => name === channel) ?? null;
  const report = await deliver(delivery, { notifier, now: clock.now, random: Math.random, signal });
  if (report === null) return false;
  keep(context, report);
  return true;
}

function keep({ store, log }: OutboxContext, { delivery, state, nextAt, error }: DeliveryReport): void {
  if (state === 'sent') {
    store.deliveries.sent(delivery.id);
    store.deliveries.hasten(delivery.channel);
    return;
  }
  log.warn(`a message to ${delivery.channel} did not arrive: ${error}`, { event: delivery.event });
  if (state === 'dead') store.deliveries.dead(delivery.id, error ?? '');
  else store.deliveries.retry(delivery.id, error ?? '', nextAt ?? 0);
}
