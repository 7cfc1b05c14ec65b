/** Which run each run goes on from; kept once it was looked for, found or not. */
import type { Sql } from './sql.ts';

/** Parent and fork are null where a run begins by itself. */
export interface StoredLineage {
  readonly parent: string | null;
  /** Checkpoints of the parent up to this step are its history too. */
  readonly forkStep: number | null;
  readonly why: string;
}

interface Row {
  readonly parent_id: string | null;
  readonly fork_step: number | null;
  readonly why: string;
}

export type LineageRepo = ReturnType<typeof lineageRepo>;

export function lineageRepo(sql: Sql) {
  const upsert = sql.prepare(
    `insert or replace into run_lineage (run_id, parent_id, fork_step, why) values ($run, $parent, $forkStep, $why)`,
  );
  const byRun = sql.prepare<Row>('select parent_id, fork_step, why from run_lineage where run_id = $run');
  return {
    put: (run: string, { parent, forkStep, why }: StoredLineage): void =>
      void upsert.run({ run, parent, forkStep, why }),
    /** Null while nobody has looked. */
    get(run: string): StoredLineage | null {
      const row = byRun.get({ run });
      return row ? { parent: row.parent_id, forkStep: row.fork_step, why: row.why } : null;
    },
  };
}
