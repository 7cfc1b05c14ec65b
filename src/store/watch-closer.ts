/** What the team wants watched more closely: one wish a run, the newest counts. */
import type { WatchCloser } from '../domain/watch-closer.ts';
import { decodeJson, encodeJson } from './json-column.ts';
import type { Sql } from './sql.ts';

interface Row {
  readonly run_id: string;
  readonly capabilities: string;
  readonly from_step: number;
  readonly checkpoints: number;
  readonly reason: string | null;
  readonly said_by: string;
  readonly said_at: number;
}

export type WatchCloserRepo = ReturnType<typeof watchCloserRepo>;

export function watchCloserRepo(sql: Sql, now: () => number) {
  const upsert = sql.prepare(
    `insert or replace into watch_closer (run_id, capabilities, from_step, checkpoints, reason, said_by, said_at)
     values ($run, $capabilities, (select coalesce(max(step), -1) from checkpoint where run_id = $run), $checkpoints, $reason, $by, $now)`,
  );
  const remove = sql.prepare('delete from watch_closer where run_id = $run');
  const byRun = sql.prepare<Row>('select * from watch_closer where run_id = $run');
  const seen = sql.prepare<{ count: number }>(
    'select count(distinct step) as count from checkpoint where run_id = $run and step > $from and step < $step',
  );
  const get = (run: string): WatchCloser | null => {
    const row = byRun.get({ run });
    return row ? toWatchCloser(row) : null;
  };
  /** Checkpoints of it that were found before this step. */
  const usedBefore = ({ run, fromStep }: WatchCloser, step: number): number =>
    seen.get({ run, from: fromStep, step })?.count ?? 0;
  return {
    /** Counts from the next checkpoint on; what was said before is forgotten. */
    say(wish: Pick<WatchCloser, 'run' | 'capabilities' | 'checkpoints' | 'reason' | 'by'>): WatchCloser {
      const { run, capabilities, checkpoints, reason, by } = wish;
      upsert.run({ run, capabilities: encodeJson(capabilities), checkpoints, reason, by, now: now() });
      return get(run)!;
    },
    forget: (run: string): void => void remove.run({ run }),
    /** What counts for the checkpoint of this step; null when nothing does. */
    activeAt(run: string, step: number): WatchCloser | null {
      const wish = get(run);
      return wish !== null && step > wish.fromStep && usedBefore(wish, step) < wish.checkpoints ? wish : null;
    },
    /** What is still to come of it; null when there is none or it is used up. */
    left(run: string): { readonly wish: WatchCloser; readonly checkpoints: number } | null {
      const wish = get(run);
      const checkpoints = wish === null ? 0 : wish.checkpoints - usedBefore(wish, Number.MAX_SAFE_INTEGER);
      return wish === null || checkpoints <= 0 ? null : { wish, checkpoints };
    },
  };
}

function toWatchCloser(row: Row): WatchCloser {
  return {
    run: row.run_id,
    capabilities: decodeJson<string[]>(row.capabilities),
    fromStep: row.from_step,
    checkpoints: row.checkpoints,
    reason: row.reason,
    by: row.said_by,
    at: row.said_at,
  };
}
