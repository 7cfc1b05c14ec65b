/** What kind of model a run trains, and the run that stands for its base model. */
import type { RecognisedModelType } from '../domain/model-type.ts';
import { decodeJson, encodeJson } from './json-column.ts';
import type { Sql } from './sql.ts';

export interface RunModel extends RecognisedModelType {
  /** Id of the run that holds the base model's checkpoint; null while there is none. */
  readonly baseRun: string | null;
}

interface Row {
  readonly json: string;
  readonly base_run_id: string | null;
}

export type RunModelRepo = ReturnType<typeof runModelRepo>;

export function runModelRepo(sql: Sql) {
  const upsert = sql.prepare(
    `insert into run_model (run_id, json) values ($run, $json) on conflict (run_id) do update set json = $json`,
  );
  const setBase = sql.prepare('update run_model set base_run_id = $base where run_id = $run');
  const byRun = sql.prepare<Row>('select json, base_run_id from run_model where run_id = $run');
  const ofBase = sql.prepare<{ run_id: string }>(
    'select run_id from run_model where base_run_id = $base order by run_id',
  );
  return {
    put: (run: string, recognised: RecognisedModelType): void => void upsert.run({ run, json: encodeJson(recognised) }),
    setBase: (run: string, base: string | null): void => void setBase.run({ run, base }),
    get(run: string): RunModel | null {
      const row = byRun.get({ run });
      return row ? { ...decodeJson<RecognisedModelType>(row.json), baseRun: row.base_run_id } : null;
    },
    /** Runs that started from the base model which this run stands for. */
    startedFrom: (base: string): string[] => ofBase.all({ base }).map(({ run_id }) => run_id),
  };
}
