/** Interventions: what the team changed in the training, in the order of steps. */
import type { Intervention } from '../domain/intervention.ts';
import type { Sql } from './sql.ts';

interface Row {
  readonly id: number;
  readonly run_id: string;
  readonly step: number;
  readonly note: string;
  readonly said_by: string;
  readonly said_at: number;
}

export type InterventionRepo = ReturnType<typeof interventionRepo>;

export function interventionRepo(sql: Sql, now: () => number) {
  const insert = sql.prepare(
    `insert into intervention (run_id, step, note, said_by, said_at) values ($run, $step, $note, $by, $now)
     on conflict (run_id, step, note) do nothing`,
  );
  const one = sql.prepare<Row>('select * from intervention where run_id = $run and step = $step and note = $note');
  const ofRun = sql.prepare<Row>('select * from intervention where run_id = $run order by step, id');
  return {
    /** The same step and note again is the one that is there. @returns it, and whether it is new */
    add(said: Pick<Intervention, 'run' | 'step' | 'note' | 'by'>): { intervention: Intervention; isNew: boolean } {
      const { run, step, note, by } = said;
      const isNew = insert.run({ run, step, note, by, now: now() }).changes > 0;
      return { intervention: toIntervention(one.get({ run, step, note })!), isNew };
    },
    ofRun: (run: string): Intervention[] => ofRun.all({ run }).map(toIntervention),
  };
}

function toIntervention(row: Row): Intervention {
  return { id: row.id, run: row.run_id, step: row.step, note: row.note, by: row.said_by, at: row.said_at };
}
