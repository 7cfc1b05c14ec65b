/** Delivery: one message to one channel, kept until it is known to have arrived. */

/** `dead`: given up; the channel refused it for good or too many attempts failed. */
export type DeliveryState = 'pending' | 'sent' | 'dead';

export interface Delivery {
  readonly id: number;
  /** Null for messages that belong to no alert (digests, tests). */
  readonly alert: string | null;
  readonly event: string;
  /** Name of the notifier in the configuration. */
  readonly channel: string;
  /** Sent along where the channel can use it: the same key is the same message. */
  readonly key: string;
  readonly state: DeliveryState;
  /** Attempts that failed. */
  readonly attempts: number;
  /** Next attempt not before, epoch milliseconds. */
  readonly nextAt: number;
  readonly lastError: string | null;
  readonly payload: unknown;
  readonly createdAt: number;
  /** Since when the rate limit holds or held it back, epoch ms; null when it never did. */
  readonly heldAt: number | null;
  /** Key of the message that it was summed up in: its state is that one's. */
  readonly foldedInto: string | null;
}

/** What is put into the outbox. */
export interface NewDelivery {
  readonly alert?: string | null;
  readonly event: string;
  readonly channel: string;
  readonly key: string;
  readonly payload: unknown;
  /** Goes out before the others. */
  readonly isUrgent?: boolean;
  /** Epoch milliseconds; at once by default (later in quiet hours). */
  readonly nextAt?: number;
}
