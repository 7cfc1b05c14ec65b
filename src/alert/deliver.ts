/** One attempt to take a message of the outbox to its channel, and when the next one is due if it fails. */
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
  /** Of its channel; null where the configuration has none of that name any more. */
  readonly notifier: Notifier | null;
  readonly now: () => number;
  /** Uniform in [0, 1): spreads attempts. */
  readonly random: () => number;
  readonly signal?: AbortSignal;
}

/** Waits after the first, second, ... failure, seconds (Standard Webhooks' schedule with quick first retries). */
export const RETRY_SECONDS = [5, 30, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400] as const;

/** Never rejects. @returns null when it was called off before anything was known: nothing is to be kept */
export async function deliver(delivery: Delivery, options: DeliverOptions): Promise<DeliveryReport | null> {
  const { notifier, signal } = options;
  if (signal?.aborted) return null;
  const outcome = notifier
    ? await attempt(notifier, delivery, signal)
    : {
        kind: 'dead' as const,
        error: `There is no notifier "${delivery.channel}" in the configuration any more.`,
      };
  if (signal?.aborted && outcome.kind !== 'sent') return null;
  return reportOf(delivery, outcome, options);
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
