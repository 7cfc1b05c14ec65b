/** Where the scores of a checkpoint come from, task by task. */
import type { Provenance } from '../domain/provenance.ts';
import { decodeJson, encodeJson } from './json-column.ts';
import type { Sql } from './sql.ts';

export type ProvenanceRepo = ReturnType<typeof provenanceRepo>;

export function provenanceRepo(sql: Sql) {
  const upsert = sql.prepare(
    'insert or replace into provenance (checkpoint_id, task, task_hash, json) values ($checkpoint, $task, $taskHash, $json)',
  );
  const ofCheckpoint = sql.prepare<{ json: string }>(
    'select json from provenance where checkpoint_id = $checkpoint order by task, task_hash',
  );
  return {
    put: (checkpoint: string, each: readonly Provenance[]): void =>
      sql.transaction(() => {
        for (const one of each) {
          upsert.run({ checkpoint, task: one.task, taskHash: one.taskHash, json: encodeJson(one) });
        }
      }),
    /** By task. */
    ofCheckpoint: (checkpoint: string): Provenance[] =>
      ofCheckpoint.all({ checkpoint }).map(({ json }) => decodeJson<Provenance>(json)),
  };
}
