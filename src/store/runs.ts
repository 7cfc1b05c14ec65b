/** Runs: which training runs are known, where they are now, and how each stands. */
import { CHECKPOINT_STATES, type CheckpointState } from '../domain/checkpoint.ts';
import { LibraError } from '../domain/errors.ts';
import type { Run, RunState } from '../domain/run.ts';
import { type CheckpointRow, type StoredCheckpoint, toCheckpoint } from './checkpoints.ts';
import type { Sql } from './sql.ts';

export interface StoredRun extends Run {
  /** What recognises the run when its directory moves; null while unknown. */
  readonly identity: string | null;
  /** Epoch milliseconds. */
  readonly stateAt: number;
}

export interface NewRun {
  readonly id: string;
  readonly name: string;
  readonly path: string;
  readonly identity?: string | null;
  readonly maxSteps?: number | null;
}

export interface RunOverview {
  readonly run: StoredRun;
  readonly latest: StoredCheckpoint | null;
  readonly counts: Readonly<Record<CheckpointState, number>>;
  /** Alerts that are pending, firing or acknowledged. */
  readonly openAlerts: number;
}

interface RunRow {
  readonly id: string;
  readonly name: string;
  readonly path: string;
  readonly identity: string | null;
  readonly state: RunState;
  readonly max_steps: number | null;
  readonly found_at: number;
  readonly state_at: number;
}

export type RunRepo = ReturnType<typeof runRepo>;

export function runRepo(sql: Sql, now: () => number) {
  const insert = sql.prepare(
    `insert into run (id, name, path, identity, state, max_steps, found_at, state_at)
     values ($id, $name, $path, $identity, 'active', $maxSteps, $now, $now)`,
  );
  const byId = sql.prepare<RunRow>('select * from run where id = $id');
  const byPath = sql.prepare<RunRow>('select * from run where path = $path order by found_at desc, rowid desc limit 1');
  const byIdentity = sql.prepare<RunRow>(
    'select * from run where identity = $identity order by found_at desc, rowid desc limit 1',
  );
  const all = sql.prepare<RunRow>('select * from run order by found_at, rowid');
  const setState = sql.prepare('update run set state = $state, state_at = $now where id = $id and state <> $state');
  const setMaxSteps = sql.prepare('update run set max_steps = $maxSteps where id = $id');
  const move = sql.prepare('update run set path = $path, identity = coalesce($identity, identity) where id = $id');
  const latest = sql.prepare<CheckpointRow>(
    'select * from checkpoint where run_id = $id order by step desc, ordinal desc limit 1',
  );
  const counts = sql.prepare<{ state: CheckpointState; count: number }>(
    'select state, count(*) as count from checkpoint where run_id = $id group by state',
  );
  const openAlerts = sql.prepare<{ count: number }>(
    `select count(*) as count from alert where run_id = $id and state in ('pending', 'firing', 'acknowledged')`,
  );

  const get = (id: string): StoredRun | null => toRun(byId.get({ id }));
  return {
    /** A new run in state `active`. Its id must be free: see `freeId`. */
    add(run: NewRun): StoredRun {
      const { id, name, path, identity = null, maxSteps = null } = run;
      insert.run({ id, name, path, identity, maxSteps, now: now() });
      return get(id)!;
    },
    get,
    /** @throws LIBRA_RUN_UNKNOWN naming the runs there are */
    require(id: string): StoredRun {
      const run = get(id);
      if (run) return run;
      const known = all.all().map((row) => row.id);
      throw new LibraError('LIBRA_RUN_UNKNOWN', `There is no run '${id}' in this data directory.`, {
        hint:
          known.length > 0
            ? `Known runs: ${known.slice(-20).join(', ')}.`
            : 'Start `libra watch DIR` on its directory first.',
      });
    },
    /** The newest run known at this directory. */
    findByPath: (path: string): StoredRun | null => toRun(byPath.get({ path })),
    findByIdentity: (identity: string): StoredRun | null => toRun(byIdentity.get({ identity })),
    /** In the order they were found. */
    list: (): StoredRun[] => all.all().map((row) => toRun(row)),
    /** `slug`, or `slug-2`, `slug-3`... when that is taken. */
    freeId(slug: string): string {
      let id = slug;
      for (let suffix = 2; byId.get({ id }); suffix++) id = `${slug}-${suffix}`;
      return id;
    },
    /** True when the state changed. */
    setState: (id: string, state: RunState): boolean => setState.run({ id, state, now: now() }).changes > 0,
    setMaxSteps: (id: string, maxSteps: number): void => void setMaxSteps.run({ id, maxSteps }),
    /** The directory was moved, or training went on in another one. */
    move: (id: string, path: string, identity: string | null = null): void => void move.run({ id, path, identity }),
    /** Each run with its newest checkpoint, checkpoints by state and open alerts. */
    overview(id?: string): RunOverview[] {
      const rows = id === undefined ? all.all() : all.all().filter((row) => row.id === id);
      return rows.map((row) => {
        const newest = latest.get({ id: row.id });
        const byState = new Map(counts.all({ id: row.id }).map(({ state, count }) => [state, count]));
        return {
          run: toRun(row),
          latest: newest ? toCheckpoint(newest) : null,
          counts: Object.fromEntries(CHECKPOINT_STATES.map((state) => [state, byState.get(state) ?? 0])) as Record<
            CheckpointState,
            number
          >,
          openAlerts: openAlerts.get({ id: row.id })?.count ?? 0,
        };
      });
    },
  };
}

function toRun(row: RunRow): StoredRun;
function toRun(row: RunRow | undefined): StoredRun | null;
function toRun(row: RunRow | undefined): StoredRun | null {
  if (!row) return null;
  return {
    id: row.id,
    name: row.name,
    path: row.path,
    identity: row.identity,
    state: row.state,
    maxSteps: row.max_steps,
    foundAt: row.found_at,
    stateAt: row.state_at,
  };
}
