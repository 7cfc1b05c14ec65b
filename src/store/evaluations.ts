/** Evaluations: which plan was executed on which checkpoint, by which engine, and how it ended. */
import type { Evaluation, EvaluationState } from '../domain/evaluation.ts';
import type { ModelDescription } from '../domain/language-model.ts';
import { decodeJson, encodeJson } from './json-column.ts';
import type { Sql } from './sql.ts';

interface EvaluationRow {
  readonly id: string;
  readonly checkpoint_id: string;
  readonly plan_id: string;
  readonly state: EvaluationState;
  readonly engine: string | null;
  readonly started_at: number | null;
  readonly finished_at: number | null;
  readonly seconds: number | null;
  readonly attempts: number;
  readonly error: string | null;
}

export type EvaluationRepo = ReturnType<typeof evaluationRepo>;

export function evaluationRepo(sql: Sql, now: () => number) {
  const insert = sql.prepare(
    `insert into evaluation (id, checkpoint_id, plan_id, state, created_at, attempts)
     values ($id, $checkpoint, $plan, 'planned', $now, 0) on conflict (id) do nothing`,
  );
  const byId = sql.prepare<EvaluationRow>('select * from evaluation where id = $id');
  const byCheckpoint = sql.prepare<EvaluationRow>(
    'select * from evaluation where checkpoint_id = $checkpoint order by created_at, rowid',
  );
  const byState = sql.prepare<EvaluationRow>(
    'select * from evaluation where state = $state order by created_at, rowid',
  );
  const start = sql.prepare(
    `update evaluation set state = 'running', engine = $engine, started_at = coalesce(started_at, $now), finished_at = null,
       error = null, attempts = attempts + 1
     where id = $id`,
  );
  const end = sql.prepare(
    `update evaluation set state = $state, finished_at = $now, seconds = coalesce(seconds, 0) + $seconds, error = $error
     where id = $id`,
  );
  return {
    /** Keeps a planned evaluation; one whose id is known already is left as it is. */
    add: (evaluation: { readonly id: string; readonly checkpoint: string; readonly plan: string }): void =>
      void insert.run({ ...evaluation, now: now() }),
    get(id: string): Evaluation | null {
      const row = byId.get({ id });
      return row ? toEvaluation(row) : null;
    },
    /** Oldest first. */
    ofCheckpoint: (checkpoint: string): Evaluation[] => byCheckpoint.all({ checkpoint }).map(toEvaluation),
    inState: (state: EvaluationState): Evaluation[] => byState.all({ state }).map(toEvaluation),
    /** An attempt begins; also the one after a crash. */
    start: (id: string, engine: ModelDescription): void =>
      void start.run({ id, engine: encodeJson(engine), now: now() }),
    /** `seconds` of this attempt are added to those before. */
    finish: (id: string, seconds: number): void =>
      void end.run({ id, state: 'finished', seconds, error: null, now: now() }),
    fail: (id: string, error: string, seconds = 0): void =>
      void end.run({ id, state: 'failed', seconds, error, now: now() }),
  };
}

function toEvaluation(row: EvaluationRow): Evaluation {
  return {
    id: row.id,
    checkpoint: row.checkpoint_id,
    plan: row.plan_id,
    state: row.state,
    engine: row.engine === null ? null : decodeJson(row.engine),
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    seconds: row.seconds,
    attempts: row.attempts,
    error: row.error,
  };
}
