/** An alert as the outbox keeps it: words and facts for one channel, limited to what the channel may have. */
import type { Alert } from '../domain/alert.ts';
import { stableId } from '../system/hash.ts';
import { limitSamples, type SampleLimit } from './limit-samples.ts';
import { type MessageOptions, messageOf } from './message.ts';
import type { Notifier, Outgoing } from './notifier.ts';

export interface OutgoingOccasion {
  readonly event: 'alert.firing' | 'alert.resolved';
  /** What sets it apart from the first message about the same alert and event: a reminder, say. */
  readonly occasion?: string;
}

export interface OutgoingOptions extends Omit<MessageOptions, 'samples'>, OutgoingOccasion {
  /** RFC 3339. */
  readonly at: string;
  /** From the configuration; without it the channel's own default. */
  readonly samples?: SampleLimit;
}

/** Of a delivery: the same however often it is made. */
export function outgoingKey(alert: Alert, channel: string, { event, occasion }: OutgoingOccasion): string {
  return `msg_${stableId(alert.id, event, channel, ...(occasion === undefined ? [] : [occasion]))}`;
}

/** The payload of a delivery. */
export function outgoingOf(
  alert: Alert,
  notifier: Pick<Notifier, 'name' | 'defaultSamples'>,
  options: OutgoingOptions,
): Outgoing {
  const samples = options.samples ?? notifier.defaultSamples;
  return {
    key: outgoingKey(alert, notifier.name, options),
    event: options.event,
    at: options.at,
    message: messageOf(alert, { ...options, samples }),
    alert: limitSamples(alert, samples),
  };
}
