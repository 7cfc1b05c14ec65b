/** Alerts and who changed their state, when and why. */
import type { Alert, AlertState } from '../domain/alert.ts';
import { decodeJson, encodeJson } from './json-column.ts';
import type { Sql } from './sql.ts';

export interface StoredAlert extends Alert {
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly stateAt: number;
}

export interface AlertTransition {
  readonly from: AlertState | null;
  readonly to: AlertState;
  /** `libra`, or the name of a person or token. */
  readonly by: string;
  readonly why: string | null;
  readonly at: number;
}

export interface AlertFilter {
  readonly run?: string;
  /** Any of these; all by default. */
  readonly states?: readonly AlertState[];
  /** Alerts older than this one. */
  readonly before?: string;
  readonly limit?: number;
}

interface AlertRow {
  readonly json: string;
  readonly state: AlertState;
  readonly created_at: number;
  readonly state_at: number;
}

/** States in which an alert still wants somebody's attention or may resolve by itself. */
export const OPEN_ALERT_STATES: readonly AlertState[] = ['pending', 'firing', 'acknowledged', 'silenced'];

export type AlertRepo = ReturnType<typeof alertRepo>;

export function alertRepo(sql: Sql, now: () => number) {
  const byId = sql.prepare<AlertRow>('select json, state, created_at, state_at from alert where id = $id');
  const upsert = sql.prepare(
    `insert into alert (id, run_id, kind, severity, state, checkpoint_id, step, since_step, resolved_at_step, json, created_at, state_at)
     values ($id, $run, $kind, $severity, $state, $checkpoint, $step, $sinceStep, $resolvedAtStep, $json, $now, $now)
     on conflict (id) do update set severity = excluded.severity,
       state_at = case when state = excluded.state then state_at else excluded.state_at end, state = excluded.state,
       checkpoint_id = excluded.checkpoint_id, step = excluded.step, since_step = excluded.since_step,
       resolved_at_step = excluded.resolved_at_step, json = excluded.json`,
  );
  const insertTransition = sql.prepare(
    `insert into alert_transition (alert_id, from_state, to_state, actor, why, at) values ($id, $from, $to, $by, $why, $now)`,
  );
  const history = sql.prepare<AlertTransition>(
    `select from_state as "from", to_state as "to", actor as "by", why, at from alert_transition where alert_id = $id order by id`,
  );
  const ofRun = sql.prepare<AlertRow>(
    'select json, state, created_at, state_at from alert where run_id = $run order by step, id',
  );
  const page = sql.prepare<AlertRow>(
    `select json, state, created_at, state_at from alert
     where ($run is null or run_id = $run) and state in (select value from json_each($states))
       and (created_at, id) < ($createdAt, $id)
     order by created_at desc, id desc limit $limit`,
  );
  const forgetRegressions = sql.prepare(`delete from alert where run_id = $run and kind = 'regression'`);
  const open = sql.prepare<AlertRow>(
    `select json, state, created_at, state_at from alert where run_id = $run and state <> 'resolved' order by step, id`,
  );

  const get = (id: string): StoredAlert | null => {
    const row = byId.get({ id });
    return row ? toAlert(row) : null;
  };
  return {
    get,
    /** Keeps an alert as it is now; a state it was not in before is added to its history. @returns true when the state changed */
    save: (alert: Alert, by = 'libra', why: string | null = null): boolean =>
      sql.transaction(() => {
        const from = byId.get({ id: alert.id })?.state ?? null;
        const { id, run, kind, severity, state, checkpoint, step, sinceStep, resolvedAtStep } = alert;
        const at = now();
        // One that was read from here carries its times; they have columns of their own.
        const { createdAt: _, stateAt: __, ...plain } = alert as StoredAlert;
        const json = encodeJson(plain);
        upsert.run({ id, run, kind, severity, state, checkpoint, step, sinceStep, resolvedAtStep, json, now: at });
        if (from === state) return false;
        insertTransition.run({ id, from, to: state, by, why, now: at });
        return true;
      }),
    /** Something became known of an alert whose state stays what it is. */
    remark(id: string, why: string): void {
      const { state } = byId.get({ id })!;
      insertTransition.run({ id, from: state, to: state, by: 'libra', why, now: now() });
    },
    history: (id: string): AlertTransition[] => history.all({ id }),
    /** Every alert of a run in the order of steps. */
    ofRun: (run: string): StoredAlert[] => ofRun.all({ run }).map(toAlert),
    /** Those of a run that are not resolved, in the order of steps. */
    open: (run: string): StoredAlert[] => open.all({ run }).map(toAlert),
    /** The run will be judged anew from its first checkpoint. */
    forgetRegressions: (run: string): void => void forgetRegressions.run({ run }),
    /** Newest first. */
    page(filter: AlertFilter = {}): StoredAlert[] {
      const before = filter.before === undefined ? null : get(filter.before);
      const rows = page.all({
        run: filter.run ?? null,
        states: JSON.stringify(filter.states ?? [...OPEN_ALERT_STATES, 'resolved']),
        createdAt: before?.createdAt ?? Number.MAX_SAFE_INTEGER,
        id: before?.id ?? '',
        limit: filter.limit ?? 100,
      });
      return rows.map(toAlert);
    },
  };
}

function toAlert(row: AlertRow): StoredAlert {
  return { ...decodeJson<Alert>(row.json), state: row.state, createdAt: row.created_at, stateAt: row.state_at };
}
