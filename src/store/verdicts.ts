/** Verdicts: what the scan said of every series at every checkpoint. */
import type { CheckpointVerdicts } from '../domain/alert.ts';
import type { Verdict, VerdictKind } from '../domain/trend.ts';
import { decodeJson, encodeJson } from './json-column.ts';
import type { Sql } from './sql.ts';

interface VerdictRow {
  readonly checkpoint_id: string;
  readonly step: number;
  readonly json: string;
}

export type VerdictRepo = ReturnType<typeof verdictRepo>;

export function verdictRepo(sql: Sql) {
  const clear = sql.prepare('delete from verdict where checkpoint_id = $checkpoint');
  const forget = sql.prepare(
    'delete from verdict where checkpoint_id in (select id from checkpoint where run_id = $run)',
  );
  const insert = sql.prepare(
    `insert into verdict (checkpoint_id, capability, task, metric, kind, json)
     values ($checkpoint, $capability, $task, $metric, $kind, $json)`,
  );
  const byCheckpoint = sql.prepare<{ json: string }>(
    'select json from verdict where checkpoint_id = $checkpoint order by capability, task, metric',
  );
  const byRun = sql.prepare<VerdictRow>(
    `select v.checkpoint_id, c.step, v.json from checkpoint c cross join verdict v on v.checkpoint_id = c.id
     where c.run_id = $run and c.step between $from and $to order by c.step, c.ordinal, v.capability, v.task, v.metric`,
  );
  const kinds = sql.prepare<{ capability: string; task: string; metric: string; kind: VerdictKind }>(
    'select capability, task, metric, kind from verdict where checkpoint_id = $checkpoint',
  );
  return {
    /** All verdicts of a checkpoint at once; those it had before are replaced. */
    put: (checkpoint: string, verdicts: readonly Verdict[]): void =>
      sql.transaction(() => {
        clear.run({ checkpoint });
        for (const verdict of verdicts) {
          const { capability, task, metric } = verdict.series;
          insert.run({
            checkpoint,
            capability: capability ?? '',
            task: task ?? '',
            metric,
            kind: verdict.kind,
            json: encodeJson(verdict),
          });
        }
      }),
    /** The run will be judged anew from its first checkpoint. */
    forget: (run: string): void => void forget.run({ run }),
    ofCheckpoint: (checkpoint: string): Verdict[] =>
      byCheckpoint.all({ checkpoint }).map((row) => decodeJson<Verdict>(row.json)),
    /** Of every checkpoint with verdicts, in the order of steps. */
    ofRun(run: string, from = 0, to = Number.MAX_SAFE_INTEGER): CheckpointVerdicts[] {
      const byId = new Map<string, { checkpoint: string; step: number; verdicts: Verdict[] }>();
      for (const row of byRun.all({ run, from, to })) {
        const entry = byId.get(row.checkpoint_id) ?? { checkpoint: row.checkpoint_id, step: row.step, verdicts: [] };
        entry.verdicts.push(decodeJson<Verdict>(row.json));
        byId.set(row.checkpoint_id, entry);
      }
      return [...byId.values()];
    },
    /** Kind only, for lists and counts. */
    kindsOf: (checkpoint: string) => kinds.all({ checkpoint }),
  };
}
