/** Alerts and who changed their state, when and why. */
import type { Alert, AlertHold, AlertKind, AlertState, Severity } from '../domain/alert.ts';
import { decodeJson, encodeJson } from './json-column.ts';
import type { Sql } from './sql.ts';

export interface StoredAlert extends Alert {
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly stateAt: number;
  /** Why it is not sent now; null for one that is. */
  readonly held: AlertHold | null;
  /** Epoch milliseconds at which a held one was told; null for one that was told as soon as it fired. */
  readonly toldAt: number | null;
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
  readonly held_by: AlertHold['by'] | null;
  readonly held_cause: string | null;
  readonly told_at: number | null;
}

const COLUMNS = 'json, state, created_at, state_at, held_by, held_cause, told_at';

/** States in which an alert still wants somebody's attention or may resolve by itself. */
export const OPEN_ALERT_STATES: readonly AlertState[] = ['pending', 'firing', 'acknowledged', 'silenced'];

export type AlertRepo = ReturnType<typeof alertRepo>;

export function alertRepo(sql: Sql, now: () => number) {
  const byId = sql.prepare<AlertRow>(`select ${COLUMNS} from alert where id = $id`);
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
  const ofRun = sql.prepare<AlertRow>(`select ${COLUMNS} from alert where run_id = $run order by step, id`);
  const page = sql.prepare<AlertRow>(
    `select ${COLUMNS} from alert
     where ($run is null or run_id = $run) and state in (select value from json_each($states))
       and (created_at, id) < ($createdAt, $id)
     order by created_at desc, id desc limit $limit`,
  );
  const forgetRegressions = sql.prepare(`delete from alert where run_id = $run and kind = 'regression'`);
  const open = sql.prepare<AlertRow>(
    `select ${COLUMNS} from alert where run_id = $run and state <> 'resolved' order by step, id`,
  );

  const held = sql.prepare<AlertRow>(
    `select ${COLUMNS} from alert where held_by is not null and created_at >= 0 order by created_at, id`,
  );
  const hold = sql.prepare('update alert set held_by = $by, held_cause = $cause, told_at = $toldAt where id = $id');
  const waiting = sql.prepare<AlertRow>(
    `select ${COLUMNS} from alert where state = 'silenced' or (state = 'firing' and severity in (select value from json_each($severities)))
     order by created_at, id`,
  );
  const firedSince = sql.prepare<AlertRow>(
    `select ${COLUMNS} from alert where run_id = $run and kind = $kind and created_at >= $since order by created_at, id`,
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
        const json = encodeJson(plainAlert(alert));
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
    /** From now on it is not sent, and why. */
    hold: (id: string, { by, cause }: AlertHold): void => void hold.run({ id, by, cause, toldAt: null }),
    /** It is no longer kept from being sent. @param toldAt epoch ms at which it is told; null when it is not */
    release: (id: string, toldAt: number | null): void => void hold.run({ id, by: null, cause: null, toldAt }),
    /** Those that are kept from being sent, of every run and state, oldest first. */
    held: (): StoredAlert[] => held.all({}).map(toAlert),
    /** Silenced ones, and those of these severities that nobody has answered, of every run, oldest first. */
    waiting: (severities: readonly Severity[]): StoredAlert[] =>
      waiting.all({ severities: JSON.stringify(severities) }).map(toAlert),
    /** Those of a run and kind that fired since then (epoch ms), oldest first. */
    firedSince: (run: string, kind: AlertKind, since: number): StoredAlert[] =>
      firedSince.all({ run, kind, since }).map(toAlert),
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

/** Without what only the store knows of it: times and holds have columns of their own. */
export function plainAlert(alert: Alert): Alert {
  const { createdAt: _, stateAt: __, held: ___, toldAt: ____, ...plain } = alert as StoredAlert;
  return plain;
}

function toAlert(row: AlertRow): StoredAlert {
  return {
    ...decodeJson<Alert>(row.json),
    state: row.state,
    createdAt: row.created_at,
    stateAt: row.state_at,
    held: row.held_by === null ? null : { by: row.held_by, cause: row.held_cause },
    toldAt: row.told_at,
  };
}
