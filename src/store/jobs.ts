/** Jobs: the durable queue. Whatever dies, what was asked for is still there and is done once. */
import type { Job, JobState, NewJob } from '../domain/job.ts';
import { decodeJson, encodeJson } from './json-column.ts';
import type { Sql } from './sql.ts';

export interface LeaseOptions {
  /** Kinds wanted; any by default. */
  readonly kinds?: readonly string[];
  readonly run?: string;
  /** How long the worker is trusted without a sign of life. */
  readonly leaseMs: number;
  /** Leave a job alone while an earlier one (by step) of the same run and kind is unfinished, even one that waits for its next attempt. */
  readonly inStepOrder?: boolean;
}

interface JobRow {
  readonly id: number;
  readonly kind: string;
  readonly key: string;
  readonly run_id: string | null;
  readonly step: number | null;
  readonly payload: string;
  readonly state: JobState;
  readonly lease_until: number | null;
  readonly attempts: number;
  readonly run_after: number;
  readonly error: string | null;
}

const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 10 * 60_000;

/** Pause after the n-th failed attempt: 5 s, 20 s, 80 s... at most ten minutes. */
export function pauseAfter(attempts: number): number {
  return Math.min(FIRST_PAUSE_MS * 4 ** (attempts - 1), LONGEST_PAUSE_MS);
}

export type JobRepo = ReturnType<typeof jobRepo>;

export function jobRepo(sql: Sql, now: () => number) {
  const insert = sql.prepare(
    `insert into job (kind, key, run_id, step, payload, state, attempts, run_after, created_at)
     values ($kind, $key, $run, $step, $payload, 'queued', 0, $runAfter, $now) on conflict (key) do nothing`,
  );
  const byKey = sql.prepare<JobRow>('select * from job where key = $key');
  const byId = sql.prepare<JobRow>('select * from job where id = $id');
  const next = sql.prepare<JobRow>(
    `with head as (
       select run_id, min(id) as id from job
       where done_at is null and ($kinds is null or kind in (select value from json_each($kinds))) group by run_id)
     select j.* from job j join head h on h.run_id is j.run_id
     where j.done_at is null and (j.state = 'queued' or j.lease_until <= $now) and j.run_after <= $now
       and ($kinds is null or j.kind in (select value from json_each($kinds))) and ($run is null or j.run_id = $run)
       and ($inStepOrder = 0 or not exists (
         select 1 from job e where e.done_at is null and e.run_id = j.run_id and e.kind = j.kind and (e.step, e.id) < (j.step, j.id)))
     order by h.id, j.step, j.id limit 1`,
  );
  const lease = sql.prepare(`update job set state = 'leased', lease_until = $until where id = $id`);
  const renew = sql.prepare(`update job set lease_until = $until where id = $id and state = 'leased'`);
  const finish = sql.prepare(
    `update job set state = $state, lease_until = null, error = $error, attempts = $attempts, done_at = $now where id = $id`,
  );
  const postpone = sql.prepare(
    `update job set state = 'queued', lease_until = null, error = $error, attempts = $attempts, run_after = $runAfter where id = $id`,
  );
  const release = sql.prepare(
    `update job set state = 'queued', lease_until = null where id = $id and state = 'leased'`,
  );
  const releaseAll = sql.prepare(
    `update job set state = 'queued', lease_until = null where done_at is null and state = 'leased'`,
  );
  const reopen = sql.prepare(
    `update job set state = 'queued', attempts = 0, error = null, run_after = 0, done_at = null, payload = $payload
     where key = $key and done_at is not null`,
  );
  const unfinished = sql.prepare<JobRow>('select * from job where done_at is null order by step, id');
  const nextTime = sql.prepare<{ at: number | null }>(
    `select min(run_after) as at from job where done_at is null and state = 'queued'`,
  );

  return {
    /** True when it was put in; false when a job of that key is known already, whatever became of it. */
    enqueue(job: NewJob): boolean {
      const { kind, key, run = null, step = null, payload = null, runAfter = 0 } = job;
      return insert.run({ kind, key, run, step, payload: encodeJson(payload), runAfter, now: now() }).changes > 0;
    },
    get(key: string): Job | null {
      const row = byKey.get({ key });
      return row ? toJob(row) : null;
    },
    /** The next job whose time has come, now leased to the caller: of the run that has waited longest, the smallest step. Null when there is none. */
    lease: (options: LeaseOptions): Job | null =>
      sql.transaction(() => {
        const { kinds, run = null, leaseMs, inStepOrder = false } = options;
        const at = now();
        const row = next.get({
          now: at,
          run,
          kinds: kinds === undefined ? null : JSON.stringify(kinds),
          inStepOrder: Number(inStepOrder),
        });
        if (!row) return null;
        lease.run({ id: row.id, until: at + leaseMs });
        return { ...toJob(row), state: 'leased', leaseUntil: at + leaseMs };
      }),
    /** A sign of life. False when the lease was lost. */
    renew: (id: number, leaseMs: number): boolean => renew.run({ id, until: now() + leaseMs }).changes > 0,
    complete(id: number): void {
      const attempts = byId.get({ id })?.attempts ?? 0;
      finish.run({ id, state: 'done', error: null, attempts, now: now() });
    },
    /** An attempt failed: queued again after a growing pause, or given up after `maxAttempts`. @returns what became of it */
    fail: (id: number, error: string, maxAttempts = 3): 'queued' | 'failed' =>
      sql.transaction(() => {
        const attempts = (byId.get({ id })?.attempts ?? 0) + 1;
        if (attempts >= maxAttempts) {
          finish.run({ id, state: 'failed', error, attempts, now: now() });
          return 'failed';
        }
        postpone.run({ id, error, attempts, runAfter: now() + pauseAfter(attempts) });
        return 'queued';
      }),
    /** Given back unharmed (the daemon stops): not an attempt. */
    release: (id: number): void => void release.run({ id }),
    /** At start: whoever held a lease is dead. @returns how many were leased */
    releaseAll: (): number => releaseAll.run().changes,
    /** A finished job is wanted once more. False when there is none of that key or it is not finished. */
    reopen: (key: string, payload: unknown = null): boolean =>
      reopen.run({ key, payload: encodeJson(payload) }).changes > 0,
    /** Queued and leased ones in the order of steps. */
    unfinished: (): Job[] => unfinished.all().map(toJob),
    /** When the next queued job may run, epoch milliseconds; null when nothing is queued. */
    nextAt: (): number | null => nextTime.get()?.at ?? null,
  };
}

function toJob(row: JobRow): Job {
  return {
    id: row.id,
    kind: row.kind,
    key: row.key,
    run: row.run_id,
    step: row.step,
    payload: decodeJson(row.payload),
    state: row.state,
    leaseUntil: row.lease_until,
    attempts: row.attempts,
    runAfter: row.run_after,
    error: row.error,
  };
}
