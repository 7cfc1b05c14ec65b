/** Takes what waits in the outbox to its channels: each channel in order, none waiting for another, failures spaced out. */
import type { Delivery } from '../domain/delivery.ts';
import { messageOf } from '../domain/errors.ts';
import type { DeliveryOutcome, Notifier, Outgoing } from './notifier.ts';

/** What the caller keeps of an attempt. */
export interface DeliveryReport {
  readonly delivery: Delivery;
  readonly state: 'sent' | 'pending' | 'dead';
  /** Attempts that failed so far. */
  readonly attempts: number;
  /** Next attempt not before, epoch ms; null when it is over. */
  readonly nextAt: number | null;
  readonly error: string | null;
}

export interface DeliverOptions {
  /** Deliveries that are due, in the order they were made. */
  readonly deliveries: readonly Delivery[];
  readonly notifiers: readonly Notifier[];
  readonly now: () => number;
  /** Uniform in [0, 1): spreads attempts. */
  readonly random: () => number;
  /** Called after every attempt, so that what was sent is known before the next one starts. */
  readonly report: (report: DeliveryReport) => void;
  readonly signal?: AbortSignal;
}

/** Waits after the first, second, ... failure, seconds (Standard Webhooks' schedule with quick first retries). */
export const RETRY_SECONDS = [5, 30, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400] as const;

/** Never rejects. A channel that fails keeps its later messages waiting, so that their order holds. */
export async function deliverPending(options: DeliverOptions): Promise<void> {
  const queues = new Map<string, Delivery[]>();
  for (const delivery of options.deliveries)
    queues.set(delivery.channel, [...(queues.get(delivery.channel) ?? []), delivery]);
  await Promise.all([...queues].map(([channel, queue]) => deliverChannel(channel, queue, options)));
}

async function deliverChannel(channel: string, queue: readonly Delivery[], options: DeliverOptions): Promise<void> {
  const notifier = options.notifiers.find((each) => each.name === channel);
  for (const delivery of queue) {
    if (options.signal?.aborted) return;
    const outcome = notifier
      ? await attempt(notifier, delivery, options.signal)
      : { kind: 'dead' as const, error: `There is no notifier "${channel}" in the configuration any more.` };
    if (options.signal?.aborted && outcome.kind !== 'sent') return;
    const report = reportOf(delivery, outcome, options);
    options.report(report);
    if (report.state === 'pending') return;
  }
}

async function attempt(notifier: Notifier, delivery: Delivery, signal?: AbortSignal): Promise<DeliveryOutcome> {
  try {
    return await notifier.send(delivery.payload as Outgoing, signal);
  } catch (error) {
    return { kind: 'retry', error: messageOf(error), afterMs: null };
  }
}

function reportOf(delivery: Delivery, outcome: DeliveryOutcome, { now, random }: DeliverOptions): DeliveryReport {
  if (outcome.kind === 'sent')
    return { delivery, state: 'sent', attempts: delivery.attempts, nextAt: null, error: null };
  const attempts = delivery.attempts + 1;
  const wait = RETRY_SECONDS[attempts - 1];
  if (outcome.kind === 'dead' || wait === undefined)
    return { delivery, state: 'dead', attempts, nextAt: null, error: outcome.error };
  // Up to a fifth more, so that many messages do not come back at once.
  const backOff = wait * 1000 * (1 + 0.2 * random());
  return {
    delivery,
    state: 'pending',
    attempts,
    nextAt: now() + Math.round(Math.max(backOff, outcome.afterMs ?? 0)),
    error: outcome.error,
  };
}
