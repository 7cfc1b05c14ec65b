/** Notifier: a channel that messages go out by; the interface of the catalogue. */
import type { Alert } from '../domain/alert.ts';
import type { SampleLimit } from './limit-samples.ts';
import type { Message } from './message.ts';
import type { Pace } from './pace.ts';

/** What goes out: plain data, so that it can wait in the outbox. */
export interface Outgoing {
  /** The same on every attempt: the same key is the same message. */
  readonly key: string;
  /** `alert.firing`, `alert.resolved`, ... */
  readonly event: string;
  /** RFC 3339. */
  readonly at: string;
  readonly message: Message;
  /** For machines; docs already limited to what this channel may have. Null for messages about no alert. */
  readonly alert: Alert | null;
  /** Ids of those it is about, where it is about several. */
  readonly alerts?: readonly string[];
}

/** What came of one attempt. */
export type DeliveryOutcome =
  | { readonly kind: 'sent'; readonly detail: string }
  /** Worth another attempt; not before `afterMs` where the other side said so. */
  | { readonly kind: 'retry'; readonly error: string; readonly afterMs: number | null }
  /** Refused for good: another attempt would only annoy. */
  | { readonly kind: 'dead'; readonly error: string };

export interface Notifier {
  /** Its name in the configuration. */
  readonly name: string;
  readonly type: string;
  /** What it may be told of docs unless the configuration says otherwise. */
  readonly defaultSamples: SampleLimit;
  /** Left out where links that act have no place: whoever reads it could use them. */
  readonly takesActions?: true;
  /** It can show pictures that come with the message. */
  readonly takesPictures?: true;
  /** How often its service may be called; left out where that is the team's own. */
  readonly pace?: Pace;
  /** One attempt. Never rejects: what went wrong is an outcome. */
  send(outgoing: Outgoing, signal?: AbortSignal): Promise<DeliveryOutcome>;
  close(): void;
}
