/** Checkpoints and the history of their states; every change of state goes through `transition`. */
import {
  type Checkpoint,
  type CheckpointState,
  type CheckpointTransition,
  canBecome,
  checkpointId,
} from '../domain/checkpoint.ts';
import { LibraError } from '../domain/errors.ts';
import type { Sql } from './sql.ts';

export interface StoredCheckpoint extends Checkpoint {
  /** 1, or 2, 3... when the step was written again with other bytes. */
  readonly ordinal: number;
  /** Stat signature of the files as last seen. */
  readonly observed: string | null;
  /** When the trainer's last byte was written, epoch milliseconds. */
  readonly lastByteAt: number | null;
}

export interface NewCheckpoint {
  readonly run: string;
  readonly step: number;
  readonly path: string;
  readonly format: string;
  readonly tokens?: number | null;
  readonly observed?: string | null;
  readonly lastByteAt?: number | null;
}

/** What became known of a checkpoint; what is not given stays as it is. */
export interface CheckpointFacts {
  readonly tokens?: number | null;
  readonly path?: string;
  readonly format?: string;
  readonly fingerprint?: string;
  readonly bytes?: number;
  readonly observed?: string;
  readonly lastByteAt?: number;
}

export interface CheckpointRow {
  readonly id: string;
  readonly run_id: string;
  readonly step: number;
  readonly ordinal: number;
  readonly tokens: number | null;
  readonly path: string;
  readonly format: string;
  readonly state: CheckpointState;
  readonly reason: string | null;
  readonly fingerprint: string | null;
  readonly bytes: number | null;
  readonly observed: string | null;
  readonly last_byte_at: number | null;
  readonly found_at: number;
  readonly state_at: number;
}

interface TransitionRow {
  readonly from_state: CheckpointState | null;
  readonly to_state: CheckpointState;
  readonly reason: string | null;
  readonly at: number;
}

export type CheckpointRepo = ReturnType<typeof checkpointRepo>;

export function checkpointRepo(sql: Sql, now: () => number) {
  const lastOrdinal = sql.prepare<{ ordinal: number | null }>(
    'select max(ordinal) as ordinal from checkpoint where run_id = $run and step = $step',
  );
  const insert = sql.prepare(
    `insert into checkpoint (id, run_id, step, ordinal, tokens, path, format, state, observed, last_byte_at, found_at, state_at)
     values ($id, $run, $step, $ordinal, $tokens, $path, $format, 'found', $observed, $lastByteAt, $now, $now)`,
  );
  const insertTransition = sql.prepare(
    `insert into checkpoint_transition (checkpoint_id, from_state, to_state, reason, at) values ($id, $from, $to, $reason, $now)`,
  );
  const byId = sql.prepare<CheckpointRow>('select * from checkpoint where id = $id');
  const ofRun = sql.prepare<CheckpointRow>('select * from checkpoint where run_id = $run order by step, ordinal');
  const page = sql.prepare<CheckpointRow>(
    `select * from checkpoint where run_id = $run and (step, ordinal) > ($step, $ordinal) order by step, ordinal limit $limit`,
  );
  const pageBack = sql.prepare<CheckpointRow>(
    `select * from checkpoint where run_id = $run and (step, ordinal) < ($step, $ordinal)
     order by step desc, ordinal desc limit $limit`,
  );
  const byPath = sql.prepare<CheckpointRow>(
    'select * from checkpoint where path = $path order by found_at desc, ordinal desc',
  );
  const atStep = sql.prepare<CheckpointRow>(
    'select * from checkpoint where run_id = $run and step = $step order by ordinal',
  );
  const inState = sql.prepare<CheckpointRow>(
    'select * from checkpoint where state = $state order by run_id, step, ordinal',
  );
  const anyBefore = sql.prepare<{ id: string }>(
    `select id from checkpoint where state in (select value from json_each($states)) and run_id = $run and step < $step
       and id not in (select value from json_each($besides)) limit 1`,
  );
  const newestEvaluated = sql.prepare<CheckpointRow>(
    `select * from checkpoint where run_id = $run and state = 'evaluated' order by step desc, ordinal desc limit 1`,
  );
  const byFingerprint = sql.prepare<CheckpointRow>(
    `select * from checkpoint where run_id = $run and fingerprint = $fingerprint order by step, ordinal`,
  );
  const setState = sql.prepare('update checkpoint set state = $to, reason = $reason, state_at = $now where id = $id');
  const setReason = sql.prepare('update checkpoint set reason = $reason where id = $id');
  const setFacts = sql.prepare(
    `update checkpoint set tokens = coalesce($tokens, tokens), path = coalesce($path, path), format = coalesce($format, format),
       fingerprint = coalesce($fingerprint, fingerprint), bytes = coalesce($bytes, bytes),
       observed = coalesce($observed, observed), last_byte_at = coalesce($lastByteAt, last_byte_at)
     where id = $id`,
  );
  const history = sql.prepare<TransitionRow>(
    'select from_state, to_state, reason, at from checkpoint_transition where checkpoint_id = $id order by id',
  );

  const get = (id: string): StoredCheckpoint | null => {
    const row = byId.get({ id });
    return row ? toCheckpoint(row) : null;
  };
  const require = (id: string): StoredCheckpoint => {
    const found = get(id);
    if (found) return found;
    throw new LibraError('LIBRA_INTERNAL', `There is no checkpoint '${id}'.`, {
      hint: 'This is a mistake in Libra; please report it with the log.',
    });
  };
  return {
    /** A new checkpoint in state `found`; its id follows from the run, the step and how often that step was written before. */
    add: (checkpoint: NewCheckpoint): StoredCheckpoint =>
      sql.transaction(() => {
        const { run, step, path, format, tokens = null, observed = null, lastByteAt = null } = checkpoint;
        const ordinal = (lastOrdinal.get({ run, step })?.ordinal ?? 0) + 1;
        const id = checkpointId(run, step, ordinal);
        const at = now();
        insert.run({ id, run, step, ordinal, tokens, path, format, observed, lastByteAt, now: at });
        insertTransition.run({ id, from: null, to: 'found', reason: null, now: at });
        return require(id);
      }),
    get,
    /** @throws LIBRA_INTERNAL when there is none */
    require,
    /** In the order of steps. */
    ofRun: (run: string): StoredCheckpoint[] => ofRun.all({ run }).map(toCheckpoint),
    /** At most `limit` checkpoints in the order of steps, those after the checkpoint `after`; `newestFirst` walks the other way. */
    page(
      run: string,
      options: { readonly after?: string; readonly limit: number; readonly newestFirst?: boolean },
    ): StoredCheckpoint[] {
      const end = options.newestFirst ? Number.MAX_SAFE_INTEGER : -1;
      const edge = options.after === undefined ? { step: end, ordinal: end } : require(options.after);
      const rows = (options.newestFirst ? pageBack : page).all({
        run,
        step: edge.step,
        ordinal: edge.ordinal,
        limit: options.limit,
      });
      return rows.map(toCheckpoint);
    },
    /** Every checkpoint ever seen at this path, newest first. */
    findByPath: (path: string): StoredCheckpoint[] => byPath.all({ path }).map(toCheckpoint),
    /** Every writing of a step, first one first. */
    atStep: (run: string, step: number): StoredCheckpoint[] => atStep.all({ run, step }).map(toCheckpoint),
    /** Of a run, by step; null while none is evaluated. */
    newestEvaluated(run: string): StoredCheckpoint | null {
      const row = newestEvaluated.get({ run });
      return row ? toCheckpoint(row) : null;
    },
    findByFingerprint: (run: string, fingerprint: string): StoredCheckpoint[] =>
      byFingerprint.all({ run, fingerprint }).map(toCheckpoint),
    /** Is an earlier checkpoint of the run, `besides` these, in one of these states? However long the run, one look into an index a state. */
    hasBefore: (
      run: string,
      step: number,
      states: readonly CheckpointState[],
      besides: readonly string[] = [],
    ): boolean =>
      anyBefore.get({ run, step, states: JSON.stringify(states), besides: JSON.stringify(besides) }) !== undefined,
    /** Of all runs, in the order of run and step. */
    inState: (...states: readonly CheckpointState[]): StoredCheckpoint[] =>
      states.flatMap((state) => inState.all({ state }).map(toCheckpoint)),
    /** Adds what became known; never changes the state. */
    learn(id: string, facts: CheckpointFacts): void {
      setFacts.run({
        id,
        tokens: facts.tokens ?? null,
        path: facts.path ?? null,
        format: facts.format ?? null,
        fingerprint: facts.fingerprint ?? null,
        bytes: facts.bytes ?? null,
        observed: facts.observed ?? null,
        lastByteAt: facts.lastByteAt ?? null,
      });
    },
    /**
     * The only way a checkpoint changes its state; the change is added to its history. The same state again only renews the reason.
     * @throws LIBRA_INTERNAL when `to` may not follow (see CHECKPOINT_TRANSITIONS)
     */
    transition: (id: string, to: CheckpointState, reason: string | null = null): StoredCheckpoint =>
      sql.transaction(() => {
        const { state: from } = require(id);
        if (from === to) {
          setReason.run({ id, reason });
          return require(id);
        }
        if (!canBecome(from, to)) {
          throw new LibraError('LIBRA_INTERNAL', `Checkpoint ${id} is '${from}' and cannot become '${to}'.`, {
            hint: 'This is a mistake in Libra; please report it with the log.',
          });
        }
        const at = now();
        setState.run({ id, to, reason, now: at });
        insertTransition.run({ id, from, to, reason, now: at });
        return require(id);
      }),
    /** Every state it was in, first to last. */
    history: (id: string): CheckpointTransition[] =>
      history.all({ id }).map((row) => ({ from: row.from_state, to: row.to_state, reason: row.reason, at: row.at })),
  };
}

export function toCheckpoint(row: CheckpointRow): StoredCheckpoint {
  return {
    id: row.id,
    run: row.run_id,
    step: row.step,
    ordinal: row.ordinal,
    tokens: row.tokens,
    path: row.path,
    format: row.format,
    state: row.state,
    reason: row.reason,
    fingerprint: row.fingerprint,
    bytes: row.bytes,
    observed: row.observed,
    lastByteAt: row.last_byte_at,
    foundAt: row.found_at,
    stateAt: row.state_at,
  };
}
