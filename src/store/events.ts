/** Events: the recent past of the stream, so that a client that lost its connection misses nothing. */
import type { LibraEvent } from '../domain/event.ts';
import { decodeJson, encodeJson } from './json-column.ts';
import type { Sql } from './sql.ts';

/** `id` grows and is never reused; it is the SSE event id. */
export interface StoredEvent {
  readonly id: number;
  readonly event: LibraEvent;
}

interface EventRow {
  readonly id: number;
  readonly json: string;
}

export type EventRepo = ReturnType<typeof eventRepo>;

export function eventRepo(sql: Sql, now: () => number) {
  const insert = sql.prepare('insert into event (at, json) values ($now, $json)');
  const after = sql.prepare<EventRow>('select id, json from event where id > $id order by id limit $limit');
  const edges = sql.prepare<{ first: number | null; last: number | null }>(
    'select (select min(id) from event) as first, (select max(id) from event) as last',
  );
  return {
    /** @returns its id */
    append: (event: LibraEvent): number => insert.run({ now: now(), json: encodeJson(event) }).lastId,
    /** Events after `id`, oldest first. */
    after: (id: number, limit = 1_000): StoredEvent[] =>
      after.all({ id, limit }).map((row) => ({ id: row.id, event: decodeJson<LibraEvent>(row.json) })),
    /** Oldest and newest id still kept; null when there is none. */
    edges(): { readonly first: number; readonly last: number } | null {
      const row = edges.get();
      return row?.first == null || row.last == null ? null : { first: row.first, last: row.last };
    },
  };
}
