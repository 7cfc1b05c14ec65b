/** Series: how a capability or a task moved over the steps of a run. */
import { engineKind, type ModelDescription } from '../domain/language-model.ts';
import type { MetricFamily } from '../domain/task.ts';
import type { SeriesKey, VerdictKind } from '../domain/trend.ts';
import { decodeJson } from './json-column.ts';
import type { Sql } from './sql.ts';

/** One measured point of a series; the interval is the reader's to make from the standard error. */
export interface SeriesPoint {
  readonly checkpoint: string;
  readonly step: number;
  readonly tokens: number | null;
  /** When its evaluation ended (or the checkpoint was found), epoch milliseconds. */
  readonly at: number;
  readonly value: number;
  /** NaN where it is not defined. */
  readonly stderr: number;
  readonly n: number;
  /** Docs without an answer; 0 for capabilities. */
  readonly failed: number;
  /** Points of different segments are never compared: a task's hash, or that of the set of tasks below a node, with the engine where it changed within the run; null when it was not kept. */
  readonly segment: string | null;
  readonly verdict: VerdictKind | null;
}

export interface Series extends SeriesKey {
  readonly higherIsBetter: boolean;
  /** Of the metric; a capability's is accuracy. */
  readonly family: MetricFamily;
  /** Empty where the metric has none, and for capabilities. */
  readonly unit: string;
  readonly points: readonly SeriesPoint[];
}

export interface SeriesFilter {
  /** A capability id; its own series only. */
  readonly capability?: string;
  readonly task?: string;
  readonly metric?: string;
  /** Series of tasks in other families are left out. */
  readonly family?: MetricFamily;
  /** False: only what task files name themselves. */
  readonly attached?: boolean;
  /** Steps, both ends included. */
  readonly from?: number;
  readonly to?: number;
}

interface PointRow {
  readonly checkpoint: string;
  readonly step: number;
  readonly tokens: number | null;
  readonly at: number;
  readonly name: string;
  readonly metric: string;
  readonly segment: string | null;
  readonly value: number | null;
  readonly stderr: number | null;
  readonly n: number;
  readonly failed: number;
  readonly higher_is_better: number;
  readonly family: MetricFamily;
  readonly unit: string;
  readonly verdict: VerdictKind | null;
}

/** Metric name of a capability's series. */
const CAPABILITY_METRIC = 'score';

export type SeriesRepo = ReturnType<typeof seriesRepo>;

export function seriesRepo(sql: Sql) {
  const ofTasks = sql.prepare<PointRow>(
    `select c.id as checkpoint, c.step, c.tokens, c.state_at as at, s.task as name, s.metric, s.task_hash as segment, s.value, s.stderr, s.n,
       s.failed, s.higher_is_better, s.family, s.unit, v.kind as verdict
     from checkpoint c cross join score s on s.checkpoint_id = c.id
     left join verdict v on v.checkpoint_id = c.id and v.capability = '' and v.task = s.task and v.metric = s.metric
     where c.run_id = $run and c.step between $from and $to
       and ($task is null or s.task = $task) and ($metric is null or s.metric = $metric)
       and ($family is null or s.family = $family) and (s.attached = 0 or $attached = 1)
     order by c.step, c.ordinal`,
  );
  const ofCapabilities = sql.prepare<PointRow>(
    `select c.id as checkpoint, c.step, c.tokens, c.state_at as at, s.capability as name, '${CAPABILITY_METRIC}' as metric,
       s.segment, s.value, s.stderr, s.n, 0 as failed, 1 as higher_is_better, 'accuracy' as family, '' as unit, v.kind as verdict
     from checkpoint c cross join capability_score s on s.checkpoint_id = c.id
     left join verdict v on v.checkpoint_id = c.id and v.capability = s.capability and v.task = ''
     where c.run_id = $run and c.step between $from and $to and ($capability is null or s.capability = $capability)
     order by c.step, c.ordinal`,
  );
  const engines = sql.prepare<{ checkpoint: string; engine: string }>(
    `select c.id as checkpoint, e.engine from checkpoint c join evaluation e on e.checkpoint_id = c.id
     where c.run_id = $run and c.step between $from and $to and e.engine is not null order by e.created_at, e.rowid`,
  );
  /** By checkpoint, where more than one kind of engine answered; empty otherwise. */
  const engineKinds = (range: { run: string; from: number; to: number }): ReadonlyMap<string, string> => {
    const kinds = new Map(
      engines
        .all(range)
        .map(({ checkpoint, engine }) => [checkpoint, engineKind(decodeJson<ModelDescription>(engine))]),
    );
    return new Set(kinds.values()).size > 1 ? kinds : new Map();
  };
  return {
    /** Series of a run that have at least one point; capabilities first, both by name, points by step. */
    ofRun(run: string, filter: SeriesFilter = {}): Series[] {
      const { capability, task, metric, family, attached = true, from = 0, to = Number.MAX_SAFE_INTEGER } = filter;
      const wantsCapabilities = task === undefined && (metric === undefined || metric === CAPABILITY_METRIC);
      const wantsTasks = capability === undefined;
      const capabilityRows = wantsCapabilities
        ? ofCapabilities.all({ run, from, to, capability: capability ?? null })
        : [];
      const taskRows = wantsTasks
        ? ofTasks.all({
            run,
            from,
            to,
            task: task ?? null,
            metric: metric ?? null,
            family: family ?? null,
            attached: Number(attached),
          })
        : [];
      const kinds = engineKinds({ run, from, to });
      return [
        ...group(capabilityRows, kinds, (name) => ({ capability: name, task: null })),
        ...group(taskRows, kinds, (name) => ({ capability: null, task: name })),
      ];
    },
  };
}

function group(
  rows: readonly PointRow[],
  engines: ReadonlyMap<string, string>,
  keyOf: (name: string) => { readonly capability: string | null; readonly task: string | null },
): Series[] {
  const series = new Map<string, { row: PointRow; points: SeriesPoint[] }>();
  for (const row of rows) {
    const key = `${row.name}\n${row.metric}`;
    const entry = series.get(key) ?? { row, points: [] };
    entry.points.push(toPoint(row, engines.get(row.checkpoint)));
    series.set(key, entry);
  }
  const byName = [...series].sort(([a], [b]) => (a < b ? -1 : 1));
  return byName.map(([, { row, points }]) => ({
    ...keyOf(row.name),
    metric: row.metric,
    higherIsBetter: row.higher_is_better === 1,
    family: row.family,
    unit: row.unit,
    points,
  }));
}

function toPoint(row: PointRow, engine: string | undefined): SeriesPoint {
  return {
    checkpoint: row.checkpoint,
    step: row.step,
    tokens: row.tokens,
    at: row.at,
    value: row.value ?? Number.NaN,
    stderr: row.stderr ?? Number.NaN,
    n: row.n,
    failed: row.failed,
    segment: row.segment === null || engine === undefined ? row.segment : `${row.segment} ${engine}`,
    verdict: row.verdict,
  };
}
