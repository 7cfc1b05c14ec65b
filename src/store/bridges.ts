/** Bridges: checkpoints that a second engine answered once more, so that its scores have something of its own to be compared with. */
import type { Outcomes } from '../domain/score.ts';
import type { EngineBridge } from '../domain/trend.ts';
import { type OutcomeColumns, packOutcomes, toOutcomes } from './outcome-payload.ts';
import type { Sql } from './sql.ts';

interface BridgeRow {
  readonly checkpoint: string;
  readonly step: number;
  readonly from_kind: string;
  readonly kind: string;
}

export type BridgeRepo = ReturnType<typeof bridgeRepo>;

export function bridgeRepo(sql: Sql, now: () => number) {
  const upsert = sql.prepare(
    `insert into bridge (checkpoint_id, from_kind, kind, asked_at) values ($checkpoint, $from, $to, $now)
     on conflict (checkpoint_id, kind) do update set asked_at = excluded.asked_at`,
  );
  const upsertOutcome = sql.prepare(
    `insert or replace into bridge_outcome
       (checkpoint_id, kind, task, metric, task_hash, higher_is_better, encoding, count, payload, failed)
     values ($checkpoint, $kind, $task, $metric, $taskHash, $higherIsBetter, $encoding, $count, $payload, $failed)`,
  );
  const one = sql.prepare<{ kind: string }>(
    'select kind from bridge where checkpoint_id = $checkpoint and kind = $kind',
  );
  const outcomes = sql.prepare<OutcomeColumns>(
    `select task, metric, task_hash, higher_is_better, encoding, count, payload, failed from bridge_outcome
     where checkpoint_id = $checkpoint and kind = $kind order by task, metric, task_hash`,
  );
  const ofRun = sql.prepare<BridgeRow>(
    `select c.id as checkpoint, c.step, b.from_kind, b.kind from checkpoint c join bridge b on b.checkpoint_id = c.id
     where c.run_id = $run order by b.asked_at, c.step`,
  );
  return {
    /** What the engine of kind `to` measured on a checkpoint that one of kind `from` had measured. */
    put: ({ checkpoint, from, to }: Omit<EngineBridge, 'step'>, measured: readonly Outcomes[]): void =>
      sql.transaction(() => {
        upsert.run({ checkpoint, from, to, now: now() });
        for (const { task, metric, taskHash, higherIsBetter, values, failed } of measured) {
          upsertOutcome.run({
            checkpoint,
            kind: to,
            task,
            metric,
            taskHash,
            higherIsBetter: Number(higherIsBetter),
            ...packOutcomes(values),
            failed: failed ?? null,
          });
        }
      }),
    /** Did an engine of this kind measure the checkpoint once more? */
    has: (checkpoint: string, kind: string): boolean => one.get({ checkpoint, kind }) !== undefined,
    /** What an engine of this kind measured on the checkpoint once more; null where it was not asked. */
    outcomesOf(checkpoint: string, kind: string): Outcomes[] | null {
      if (one.get({ checkpoint, kind }) === undefined) return null;
      return outcomes.all({ checkpoint, kind }).map(toOutcomes);
    },
    /** In the order they were asked. */
    ofRun: (run: string): EngineBridge[] =>
      ofRun.all({ run }).map(({ checkpoint, step, from_kind: from, kind: to }) => ({ checkpoint, step, from, to })),
  };
}
