/** Deliveries: the durable outbox. What was decided to be sent is sent, once, even if the daemon dies in between. */
import type { Delivery, DeliveryState, NewDelivery } from '../domain/delivery.ts';
import { decodeJson, encodeJson } from './json-column.ts';
import type { Sql } from './sql.ts';

interface DeliveryRow {
  readonly id: number;
  readonly alert_id: string | null;
  readonly event: string;
  readonly channel: string;
  readonly idempotency_key: string;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly next_at: number;
  readonly last_error: string | null;
  readonly payload: string;
  readonly created_at: number;
  readonly held_at: number | null;
  readonly folded_into: string | null;
}

export interface TroubledChannel {
  readonly channel: string;
  /** Given up, and waiting for another attempt. */
  readonly dead: number;
  readonly waiting: number;
  readonly lastError: string;
}

/**
 * A message that failed holds up the later ones of its channel, so that they arrive in order; urgent ones pass those that are not. After so many
 * failures the fault may be its own: then it holds up only those about the same alert.
 */
const HOLDS_UP_FAILURES = 4;

const HELD_UP = `exists (
  select 1 from delivery as earlier
  where earlier.state = 'pending' and earlier.attempts > 0 and earlier.channel = delivery.channel and earlier.id < delivery.id
    and earlier.next_at > $now
    and (earlier.alert_id = delivery.alert_id or (earlier.attempts < ${HOLDS_UP_FAILURES} and earlier.is_urgent >= delivery.is_urgent))
)`;

export type DeliveryRepo = ReturnType<typeof deliveryRepo>;

export function deliveryRepo(sql: Sql, now: () => number) {
  const insert = sql.prepare(
    `insert into delivery (alert_id, event, channel, idempotency_key, state, attempts, next_at, payload, created_at, is_urgent)
     values ($alert, $event, $channel, $key, 'pending', 0, $nextAt, $payload, $now, $isUrgent)
     on conflict (idempotency_key) do nothing`,
  );
  const byKey = sql.prepare<{ id: number }>('select id from delivery where idempotency_key = $key');
  const due = sql.prepare<DeliveryRow>(
    `select * from delivery where state = 'pending' and is_urgent = $isUrgent and next_at <= $now and not ${HELD_UP}
     order by next_at, id limit $limit`,
  );
  const first = sql.prepare<DeliveryRow>(
    `select * from delivery where state = 'pending' and channel = $channel and next_at <= $now and not ${HELD_UP}
     order by is_urgent desc, id limit 1`,
  );
  const channels = sql.prepare<{ channel: string }>(
    `select distinct channel from delivery where state = 'pending' order by channel`,
  );
  const later = sql.prepare<{ next_at: number | null }>(
    `select min(next_at) as next_at from delivery where state = 'pending' and channel = $channel and next_at > $after`,
  );
  const hasten = sql.prepare(
    `update delivery set next_at = $now where state = 'pending' and attempts > 0 and channel = $channel and next_at > $now`,
  );
  const byAlert = sql.prepare<DeliveryRow>(
    `select *, coalesce((select summary.state from delivery as summary where summary.idempotency_key = delivery.folded_into), state) as state
     from delivery where alert_id = $alert order by id`,
  );
  const settle = sql.prepare(
    `update delivery set state = $state, last_error = $error, attempts = attempts + $failed, done_at = $now where id = $id`,
  );
  const postpone = sql.prepare(
    `update delivery set attempts = attempts + 1, next_at = $nextAt, last_error = $error where id = $id`,
  );
  const troubled = sql.prepare<TroubledChannel>(
    // Beside max() SQLite takes the other columns from its row: the newest error.
    `select channel, sum(state = 'dead') as dead, sum(state = 'pending') as waiting, last_error as lastError, max(id) as newest
     from delivery where last_error is not null and state <> 'sent' and created_at >= $since
     group by channel order by channel`,
  );
  const listeners = new Set<() => void>();
  return {
    /** Calls back when something was put in, inside the transaction that did it. */
    onEnqueued: (listener: () => void): void => void listeners.add(listener),
    /** Channels with messages that were given up or failed and wait, of those made since then (epoch ms). */
    troubled: (since: number): TroubledChannel[] =>
      troubled.all({ since }).map(({ channel, dead, waiting, lastError }) => ({ channel, dead, waiting, lastError })),
    /** True when it was put in; false when a delivery of that key is known already. */
    enqueue(delivery: NewDelivery): boolean {
      const { alert = null, event, channel, key, payload, isUrgent = false } = delivery;
      const at = now();
      const nextAt = delivery.nextAt ?? at;
      const row = { alert, event, channel, key, nextAt, payload: encodeJson(payload), isUrgent: Number(isUrgent) };
      const isNew = insert.run({ ...row, now: at }).changes > 0;
      if (isNew) for (const listener of listeners) listener();
      return isNew;
    },
    isKnown: (key: string): boolean => byKey.get({ key }) !== undefined,
    /** Pending ones whose time has come and that no earlier one holds up, urgent ones first, then oldest first. */
    due(limit = 100): Delivery[] {
      const urgent = due.all({ now: now(), limit, isUrgent: 1 });
      const others = urgent.length < limit ? due.all({ now: now(), limit: limit - urgent.length, isUrgent: 0 }) : [];
      return [...urgent, ...others].map(toDelivery);
    },
    /** The one of them that its channel gets next; null when there is none now. */
    nextOf(channel: string): Delivery | null {
      const row = first.get({ channel, now: now() });
      return row === undefined ? null : toDelivery(row);
    },
    /** Channels that something waits for. */
    channels: (): string[] => channels.all({}).map(({ channel }) => channel),
    /** When something of the channel becomes due after that time, epoch milliseconds; null when nothing does. */
    nextAt: (channel: string, after: number): number | null => later.get({ channel, after })?.next_at ?? null,
    /** The channel takes messages again: what failed there is due at once. */
    hasten: (channel: string): void => void hasten.run({ channel, now: now() }),
    sent: (id: number): void => void settle.run({ id, state: 'sent', error: null, failed: 0, now: now() }),
    /** An attempt failed; the next one not before `nextAt`. */
    retry: (id: number, error: string, nextAt: number): void => void postpone.run({ id, error, nextAt }),
    /** Given up. */
    dead: (id: number, error: string): void => void settle.run({ id, state: 'dead', error, failed: 1, now: now() }),
    ofAlert: (alert: string): Delivery[] => byAlert.all({ alert }).map(toDelivery),
  };
}

function toDelivery(row: DeliveryRow): Delivery {
  return {
    id: row.id,
    alert: row.alert_id,
    event: row.event,
    channel: row.channel,
    key: row.idempotency_key,
    state: row.state,
    attempts: row.attempts,
    nextAt: row.next_at,
    lastError: row.last_error,
    payload: decodeJson(row.payload),
    createdAt: row.created_at,
    heldAt: row.held_at,
    foldedInto: row.folded_into,
  };
}
