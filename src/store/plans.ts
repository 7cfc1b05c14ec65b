/** Plans: what was decided to be evaluated on a checkpoint, why, and what it took. */
import { docsIn, type LeftOut, type Plan, type PlanSlice } from '../domain/plan.ts';
import { decodeJson, encodeJson } from './json-column.ts';
import type { Sql } from './sql.ts';

interface PlanRow {
  readonly id: string;
  readonly checkpoint_id: string;
  readonly strategy: string;
  readonly created_at: number;
}

interface SliceRow {
  readonly task: string;
  readonly task_hash: string;
  readonly capabilities: string;
  readonly first_doc: number;
  readonly docs: number;
  readonly chosen: string | null;
  readonly reason: string;
  readonly could_change: string;
  readonly expected_seconds: number | null;
  readonly actual_seconds: number | null;
}

/** What a finished evaluation took, in seconds. */
export interface SpentEvaluation {
  readonly seconds: number;
  readonly slices: readonly { readonly task: string; readonly docs: number; readonly seconds: number | null }[];
}

interface LeftOutRow {
  readonly task: string;
  readonly docs: number;
  readonly reason: string;
  readonly expected_seconds: number | null;
}

export type PlanRepo = ReturnType<typeof planRepo>;

export function planRepo(sql: Sql, now: () => number) {
  const insert = sql.prepare(
    `insert into plan (id, checkpoint_id, strategy, created_at) values ($id, $checkpoint, $strategy, $now)
     on conflict (id) do nothing`,
  );
  const insertSlice = sql.prepare(
    `insert into plan_slice
       (plan_id, position, task, task_hash, capabilities, first_doc, docs, chosen, reason, could_change, expected_seconds)
     values ($plan, $position, $task, $taskHash, $capabilities, $from, $docs, $chosen, $reason, $couldChange, $expectedSeconds)`,
  );
  const insertLeftOut = sql.prepare(
    `insert into plan_left_out (plan_id, position, task, docs, reason, expected_seconds)
     values ($plan, $position, $task, $docs, $reason, $expectedSeconds)`,
  );
  const byId = sql.prepare<PlanRow>('select * from plan where id = $id');
  const byCheckpoint = sql.prepare<PlanRow>(
    'select * from plan where checkpoint_id = $checkpoint order by created_at, rowid',
  );
  const slices = sql.prepare<SliceRow>('select * from plan_slice where plan_id = $plan order by position');
  const leftOut = sql.prepare<LeftOutRow>('select * from plan_left_out where plan_id = $plan order by position');
  const countBefore = sql.prepare<{ count: number }>(
    `select count(distinct p.checkpoint_id) as count from checkpoint c join plan p on p.checkpoint_id = c.id
     where c.run_id = $run and c.step < $step`,
  );
  const forgetSlices = sql.prepare('delete from plan_slice where plan_id = $plan');
  const forgetLeftOut = sql.prepare('delete from plan_left_out where plan_id = $plan');
  const finished = sql.prepare<{ plan_id: string; seconds: number }>(
    `select e.plan_id, e.seconds from checkpoint c join evaluation e on e.checkpoint_id = c.id
     where c.run_id = $run and e.state = 'finished' and e.seconds > 0 order by e.finished_at desc, e.id limit $limit`,
  );
  const spend = sql.prepare(
    `update plan_slice set actual_seconds = coalesce(actual_seconds, 0) + $seconds
     where plan_id = $plan and position = $position`,
  );

  const append = (plan: string, added: readonly PlanSlice[]): void => {
    const first = slices.all({ plan }).length;
    added.forEach((slice, offset) => {
      const { task, taskHash, capabilities, from, docs, chosen, reason, couldChange, expectedSeconds } = slice;
      insertSlice.run({
        plan,
        position: first + offset,
        task,
        taskHash,
        capabilities: encodeJson(capabilities),
        from,
        docs,
        chosen: chosen === null ? null : encodeJson(chosen),
        reason,
        couldChange,
        expectedSeconds,
      });
    });
  };
  const leaveOut = (plan: string, left: readonly LeftOut[]): void =>
    left.forEach(({ task, docs, reason, expectedSeconds }, position) => {
      insertLeftOut.run({ plan, position, task, docs, reason, expectedSeconds });
    });
  const toPlan = (row: PlanRow): Plan => ({
    id: row.id,
    checkpoint: row.checkpoint_id,
    strategy: row.strategy,
    slices: slices.all({ plan: row.id }).map(toSlice),
    leftOut: leftOut.all({ plan: row.id }).map(toLeftOut),
  });
  return {
    /** Keeps a plan; one whose id is known already is left as it was. */
    add: (plan: Plan): void =>
      sql.transaction(() => {
        const { id, checkpoint, strategy } = plan;
        if (insert.run({ id, checkpoint, strategy, now: now() }).changes === 0) return;
        append(id, plan.slices);
        leaveOut(id, plan.leftOut);
      }),
    /** Another decision on a checkpoint that nothing was asked of yet. */
    renew: ({ id, slices: decided, leftOut: left }: Plan): void =>
      sql.transaction(() => {
        forgetSlices.run({ plan: id });
        forgetLeftOut.run({ plan: id });
        append(id, decided);
        leaveOut(id, left);
      }),
    /** More to ask behind what was planned: slices are only ever appended. */
    extend: (plan: string, added: readonly PlanSlice[]): void => sql.transaction(() => append(plan, added)),
    get(id: string): Plan | null {
      const row = byId.get({ id });
      return row ? toPlan(row) : null;
    },
    /** Oldest first. */
    ofCheckpoint: (checkpoint: string): Plan[] => byCheckpoint.all({ checkpoint }).map(toPlan),
    /** Asking the slice at this position took `seconds` more. */
    spend: (plan: string, position: number, seconds: number): void => void spend.run({ plan, position, seconds }),
    /** Seconds each slice took, over all attempts; null for one that nothing was asked of. */
    costs: (plan: string): (number | null)[] => slices.all({ plan }).map(({ actual_seconds }) => actual_seconds),
    /** Checkpoints of a run before the step that have a plan. */
    countBefore: (run: string, step: number): number => countBefore.get({ run, step })!.count,
    /** The newest `limit` finished evaluations of a run, newest first. */
    spentOn: (run: string, limit: number): SpentEvaluation[] =>
      finished.all({ run, limit }).map(({ plan_id: plan, seconds }) => ({
        seconds,
        slices: slices.all({ plan }).map((row) => ({
          task: row.task,
          docs: docsIn(docRange(row)),
          seconds: row.actual_seconds,
        })),
      })),
  };
}

function toSlice(row: SliceRow): PlanSlice {
  return {
    task: row.task,
    taskHash: row.task_hash,
    capabilities: decodeJson<string[]>(row.capabilities),
    ...docRange(row),
    reason: row.reason,
    couldChange: row.could_change,
    expectedSeconds: row.expected_seconds,
  };
}

function docRange({ first_doc, docs, chosen }: Pick<SliceRow, 'first_doc' | 'docs' | 'chosen'>) {
  return { from: first_doc, docs, chosen: chosen === null ? null : decodeJson<number[]>(chosen) };
}

function toLeftOut({ task, docs, reason, expected_seconds }: LeftOutRow): LeftOut {
  return { task, docs, reason, expectedSeconds: expected_seconds };
}
