/** Meta: single values of the whole database, by name. */
import type { Sql } from './sql.ts';

export type MetaRepo = ReturnType<typeof metaRepo>;

export function metaRepo(sql: Sql) {
  const select = sql.prepare<{ value: string }>('select value from meta where key = $key');
  const upsert = sql.prepare(
    'insert into meta (key, value) values ($key, $value) on conflict (key) do update set value = excluded.value',
  );
  return {
    get: (key: string): string | null => select.get({ key })?.value ?? null,
    set: (key: string, value: string): void => void upsert.run({ key, value }),
  };
}
