/** Plans: what was decided to be evaluated on a checkpoint, and why. */
import type { Plan } from '../domain/plan.ts';
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
    `insert into plan_slice (plan_id, position, task, task_hash, capabilities, docs, reason, expected_seconds)
     values ($plan, $position, $task, $taskHash, $capabilities, $docs, $reason, $expectedSeconds)`,
  );
  const byId = sql.prepare<PlanRow>('select * from plan where id = $id');
  const byCheckpoint = sql.prepare<PlanRow>(
    'select * from plan where checkpoint_id = $checkpoint order by created_at, rowid',
  );
  const slices = sql.prepare<SliceRow>('select * from plan_slice where plan_id = $plan order by position');

  const toPlan = (row: PlanRow): Plan => ({
    id: row.id,
    checkpoint: row.checkpoint_id,
    strategy: row.strategy,
    slices: slices.all({ plan: row.id }).map((slice) => ({
      task: slice.task,
      taskHash: slice.task_hash,
      capabilities: decodeJson<string[]>(slice.capabilities),
      docs: slice.docs,
      reason: slice.reason,
      expectedSeconds: slice.expected_seconds,
    })),
  });
  return {
    /** Keeps a plan; one whose id is known already is left as it was. */
    add: (plan: Plan): void =>
      sql.transaction(() => {
        const { id, checkpoint, strategy } = plan;
        if (insert.run({ id, checkpoint, strategy, now: now() }).changes === 0) return;
        plan.slices.forEach((slice, position) => {
          insertSlice.run({
            plan: id,
            position,
            task: slice.task,
            taskHash: slice.taskHash,
            capabilities: encodeJson(slice.capabilities),
            docs: slice.docs,
            reason: slice.reason,
            expectedSeconds: slice.expectedSeconds,
          });
        });
      }),
    get(id: string): Plan | null {
      const row = byId.get({ id });
      return row ? toPlan(row) : null;
    },
    /** Oldest first. */
    ofCheckpoint: (checkpoint: string): Plan[] => byCheckpoint.all({ checkpoint }).map(toPlan),
  };
}
