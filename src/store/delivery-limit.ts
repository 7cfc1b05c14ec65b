/** What the rate limit asks and does: counts by channel and updates of many rows, so that a storm costs no memory. */
import type { Severity } from '../domain/alert.ts';
import type { Sql } from './sql.ts';

export interface ChannelQueue {
  readonly channel: string;
  readonly urgent: number;
  readonly others: number;
  readonly held: number;
}

export interface PassedCount {
  readonly urgent: number;
  readonly others: number;
  /** When the oldest of the others was let through, epoch ms; null when there is none. */
  readonly oldest: number | null;
}

/** The words of one message, as they stand in its payload. */
export interface WaitingTitle {
  readonly alert: string | null;
  readonly run: string;
  readonly severity: Severity;
  readonly isResolved: boolean;
  readonly texts: readonly { readonly language: 'en' | 'zh'; readonly title: string }[];
}

export type DeliveryLimitRepo = ReturnType<typeof deliveryLimitRepo>;

export function deliveryLimitRepo(sql: Sql, now: () => number) {
  const undecided = `state = 'pending' and passed_at is null and next_at <= $now`;
  const queues = sql.prepare<ChannelQueue>(
    `select channel, sum(held_at is null and is_urgent = 1) as urgent, sum(held_at is null and is_urgent = 0) as others,
       sum(held_at is not null) as held
     from delivery indexed by delivery_waiting where ${undecided} group by channel order by channel`,
  );
  const passed = sql.prepare<PassedCount>(
    `select coalesce(sum(is_urgent = 1), 0) as urgent, coalesce(sum(is_urgent = 0), 0) as others,
       min(case when is_urgent = 0 then passed_at end) as oldest
     from delivery where channel = $channel and passed_at > $since`,
  );
  const pass = sql.prepare(
    `update delivery set passed_at = $now where id in
       (select id from delivery where channel = $channel and ${undecided} and held_at is null and is_urgent = $isUrgent
        order by next_at, id limit $count)`,
  );
  const passOne = sql.prepare('update delivery set passed_at = $now where idempotency_key = $key');
  const hold = sql.prepare(
    `update delivery set held_at = coalesce(held_at, $now), next_at = $until where channel = $channel and ${undecided}`,
  );
  const fold = sql.prepare(
    `update delivery set state = 'sent', done_at = $now, folded_into = $key, payload = 'null' where channel = $channel and ${undecided}`,
  );
  const runs = sql.prepare<{ name: string; count: number }>(
    `select json_extract(payload, '$.message.run') as name, count(*) as count from delivery
     where channel = $channel and ${undecided} group by name order by count desc, name`,
  );
  const titles = sql.prepare<{ alert: string | null; message: string }>(
    `select alert_id as alert, json_extract(payload, '$.message') as message from delivery where channel = $channel and ${undecided}
     order by is_urgent desc, json_extract(payload, '$.message.isResolved'), json_extract(payload, '$.message.severity') = 'info', id
     limit $limit`,
  );
  return {
    /** Channels with messages whose time has come and that were not let through yet. */
    queues: (): ChannelQueue[] => queues.all({ now: now() }),
    passedSince: (channel: string, since: number): PassedCount => passed.get({ channel, since })!,
    /** The oldest so many may go out. */
    pass(channel: string, isUrgent: boolean, count: number): void {
      if (count > 0) pass.run({ channel, isUrgent: Number(isUrgent), count, now: now() });
    },
    passOne: (key: string): void => void passOne.run({ key, now: now() }),
    /** All the others of the channel wait. @param until epoch ms */
    hold: (channel: string, until: number): void => void hold.run({ channel, until, now: now() }),
    /** All the others of the channel are summed up in the message of that key: what became of it became of them. */
    fold: (channel: string, key: string): void => void fold.run({ channel, key, now: now() }),
    /** Of those that `fold` would take: how many a run, the most first. */
    runs: (channel: string): { name: string; count: number }[] => runs.all({ channel, now: now() }),
    /** Of those that `fold` would take: the most urgent ones. */
    titles: (channel: string, limit: number): WaitingTitle[] =>
      titles.all({ channel, limit, now: now() }).map(({ alert, message }) => ({ alert, ...JSON.parse(message) })),
  };
}
