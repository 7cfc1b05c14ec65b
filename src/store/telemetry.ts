/** Telemetry: what training logged at each step; NaN and infinities are kept, they are news. */
import type { TelemetryPoint } from '../domain/telemetry.ts';
import { decodeJson, encodeJson } from './json-column.ts';
import type { Sql } from './sql.ts';

/** SQLite stores the number NaN as null, which means "not logged" here. */
type StoredNumber = number | 'NaN' | null;

interface TelemetryRow {
  readonly step: number;
  readonly tokens: number | null;
  readonly loss: StoredNumber;
  readonly learning_rate: StoredNumber;
  readonly grad_norm: StoredNumber;
  readonly data_mix: string | null;
}

export type TelemetryRepo = ReturnType<typeof telemetryRepo>;

export function telemetryRepo(sql: Sql) {
  const upsert = sql.prepare(
    `insert into telemetry (run_id, step, tokens, loss, learning_rate, grad_norm, data_mix)
     values ($run, $step, $tokens, $loss, $learningRate, $gradNorm, $dataMix)
     on conflict (run_id, step) do update set
       tokens = coalesce(excluded.tokens, tokens), loss = coalesce(excluded.loss, loss),
       learning_rate = coalesce(excluded.learning_rate, learning_rate),
       grad_norm = coalesce(excluded.grad_norm, grad_norm), data_mix = coalesce(excluded.data_mix, data_mix)`,
  );
  const range = sql.prepare<TelemetryRow>(
    `select step, tokens, loss, learning_rate, grad_norm, data_mix from telemetry
     where run_id = $run and step between $from and $to order by step`,
  );
  const last = sql.prepare<TelemetryRow>(
    `select step, tokens, loss, learning_rate, grad_norm, data_mix from telemetry
     where run_id = $run and step <= $to order by step desc limit $limit`,
  );
  return {
    /** Adds points; at a step that is known already the new values win, what they leave out stays. */
    add: (run: string, points: readonly TelemetryPoint[]): void =>
      sql.transaction(() => {
        for (const point of points) {
          upsert.run({
            run,
            step: point.step,
            tokens: point.tokens,
            loss: toStored(point.loss),
            learningRate: toStored(point.learningRate),
            gradNorm: toStored(point.gradNorm),
            dataMix: point.dataMix === null ? null : encodeJson(point.dataMix),
          });
        }
      }),
    /** Points of `from <= step <= to`, ascending. */
    range: (run: string, from = 0, to = Number.MAX_SAFE_INTEGER): TelemetryPoint[] =>
      range.all({ run, from, to }).map(toPoint),
    /** The newest `limit` points up to `to`, ascending. */
    last: (run: string, limit: number, to = Number.MAX_SAFE_INTEGER): TelemetryPoint[] =>
      last.all({ run, limit, to }).map(toPoint).reverse(),
  };
}

function toStored(value: number | null): StoredNumber {
  return Number.isNaN(value) ? 'NaN' : value;
}

function fromStored(value: StoredNumber): number | null {
  return value === 'NaN' ? Number.NaN : value;
}

function toPoint(row: TelemetryRow): TelemetryPoint {
  return {
    step: row.step,
    tokens: row.tokens,
    loss: fromStored(row.loss),
    learningRate: fromStored(row.learning_rate),
    gradNorm: fromStored(row.grad_norm),
    dataMix: row.data_mix === null ? null : decodeJson(row.data_mix),
  };
}
