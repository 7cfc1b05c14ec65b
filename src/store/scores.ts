/** Scores of a checkpoint: per task and metric, per capability, and the per-doc outcomes verdicts are made from. */
import { engineKind, type ModelDescription } from '../domain/language-model.ts';
import type { CapabilityMember, CapabilityScore, MissingMember, Outcomes, Score } from '../domain/score.ts';
import type { MetricFamily } from '../domain/task.ts';
import type { CheckpointOutcomes } from '../domain/trend.ts';
import { decodeJson, encodeJson } from './json-column.ts';
import { type OutcomeColumns, packOutcomes, toOutcomes } from './outcome-payload.ts';
import type { Sql } from './sql.ts';

/** Everything an evaluation learned of a checkpoint. */
export interface CheckpointScores {
  readonly scores: readonly Score[];
  readonly outcomes: readonly Outcomes[];
  readonly capabilities: readonly CapabilityScore[];
}

interface ScoreRow {
  readonly task: string;
  readonly metric: string;
  readonly task_hash: string;
  readonly value: number | null;
  readonly stderr: number | null;
  readonly n: number;
  readonly failed: number;
  readonly higher_is_better: number;
  readonly task_version: string;
  readonly family: MetricFamily;
  readonly unit: string;
  readonly attached: number;
  readonly reason: string | null;
}

interface CapabilityRow {
  readonly capability: string;
  readonly value: number | null;
  readonly stderr: number | null;
  readonly n: number;
  readonly members: string;
  readonly missing: string;
  readonly segment: string | null;
}

interface OutcomeRow extends OutcomeColumns {
  /** Of its score; null where none is kept. Of what is attached to a task, docs that were asked and have no value. */
  readonly value: number | null;
  readonly stderr: number | null;
  readonly n: number | null;
}

export type ScoreRepo = ReturnType<typeof scoreRepo>;

export function scoreRepo(sql: Sql) {
  const upsertScore = sql.prepare(
    `insert or replace into score
       (checkpoint_id, task, metric, task_hash, value, stderr, n, failed, higher_is_better, task_version,
        family, unit, attached, reason)
     values ($checkpoint, $task, $metric, $taskHash, $value, $stderr, $n, $failed, $higherIsBetter, $taskVersion,
       $family, $unit, $attached, $reason)`,
  );
  const upsertOutcome = sql.prepare(
    `insert or replace into outcome (checkpoint_id, task, metric, task_hash, higher_is_better, encoding, count, payload)
     values ($checkpoint, $task, $metric, $taskHash, $higherIsBetter, $encoding, $count, $payload)`,
  );
  const upsertCapability = sql.prepare(
    `insert or replace into capability_score (checkpoint_id, capability, value, stderr, n, members, missing, segment)
     values ($checkpoint, $capability, $value, $stderr, $n, $members, $missing, $segment)`,
  );
  const scores = sql.prepare<ScoreRow>('select * from score where checkpoint_id = $checkpoint order by task, metric');
  const capabilities = sql.prepare<CapabilityRow>(
    'select * from capability_score where checkpoint_id = $checkpoint order by capability',
  );
  const outcomes = sql.prepare<OutcomeRow>(
    `select o.task, o.metric, o.task_hash, o.higher_is_better, o.encoding, o.count, o.payload, s.value, s.stderr, s.n,
       iif(s.attached = 0, s.failed, (select max(p.n + p.failed) - s.n from score p where p.checkpoint_id = o.checkpoint_id
         and p.task = o.task and p.task_hash = o.task_hash and p.attached = 0)) as failed
     from outcome o left join score s
       on s.checkpoint_id = o.checkpoint_id and s.task = o.task and s.metric = o.metric and s.task_hash = o.task_hash
     where o.checkpoint_id = $checkpoint order by o.task, o.metric, o.task_hash`,
  );
  const forgetting = ['score', 'outcome', 'capability_score', 'provenance'].map((table) =>
    sql.prepare(`delete from ${table} where checkpoint_id = $checkpoint`),
  );
  const evaluatedUpTo = sql.prepare<{ id: string; step: number }>(
    `select id, step from checkpoint c where run_id = $run and step <= $upToStep
       and exists (select 1 from outcome o where o.checkpoint_id = c.id)
       -- Training went back before this one and wrote an earlier step, or this one, again: it is another branch.
       and not exists (select 1 from checkpoint again where again.run_id = c.run_id and again.ordinal > 1
         and again.step <= c.step and again.found_at > c.found_at)
     order by step desc, ordinal desc limit $limit`,
  );

  const engineOf = sql.prepare<{ engine: string }>(
    `select engine from evaluation where checkpoint_id = $checkpoint and engine is not null order by created_at desc, rowid desc limit 1`,
  );

  const outcomesOf = (checkpoint: string, tasks?: ReadonlySet<string>): Outcomes[] =>
    outcomes
      .all({ checkpoint })
      .filter((row) => tasks === undefined || tasks.has(row.task))
      .map(withSummary);
  const measuredBy = (checkpoint: string): string | null => {
    const row = engineOf.get({ checkpoint });
    return row ? engineKind(decodeJson<ModelDescription>(row.engine)) : null;
  };
  return {
    /** Keeps what was measured on a checkpoint; the same task version again replaces what it said before. */
    put: (checkpoint: string, measured: CheckpointScores): void =>
      sql.transaction(() => {
        for (const score of measured.scores) {
          upsertScore.run({
            checkpoint,
            task: score.task,
            metric: score.metric,
            taskHash: score.taskHash,
            n: score.n,
            failed: score.failed,
            taskVersion: score.taskVersion,
            value: orNull(score.value),
            stderr: orNull(score.stderr),
            higherIsBetter: Number(score.higherIsBetter),
            family: score.family ?? 'accuracy',
            unit: score.unit ?? '',
            attached: Number(score.isAttached ?? false),
            reason: score.reason ?? null,
          });
        }
        for (const { task, metric, taskHash, higherIsBetter, values } of measured.outcomes) {
          upsertOutcome.run({
            checkpoint,
            task,
            metric,
            taskHash,
            higherIsBetter: Number(higherIsBetter),
            ...packOutcomes(values),
          });
        }
        for (const node of measured.capabilities) {
          upsertCapability.run({
            checkpoint,
            capability: node.capability,
            value: orNull(node.value),
            stderr: orNull(node.stderr),
            n: node.n,
            members: encodeJson(node.members),
            missing: encodeJson(node.missing),
            segment: node.segment,
          });
        }
      }),
    /** Nothing was measured on this checkpoint: it will be said anew. */
    forget: (checkpoint: string): void =>
      sql.transaction(() => {
        for (const each of forgetting) each.run({ checkpoint });
      }),
    ofCheckpoint: (checkpoint: string): Score[] => scores.all({ checkpoint }).map(toScore),
    capabilitiesOf: (checkpoint: string): CapabilityScore[] => capabilities.all({ checkpoint }).map(toCapabilityScore),
    /** Per-doc outcomes of a checkpoint, of the given tasks or of all. */
    outcomesOf,
    /** What kind of engine answered (see `engineKind`); null where nobody knows. */
    measuredBy,
    /** Outcomes of the newest `limit` checkpoints of a run that have any, up to `upToStep`, ascending; without those that training went back behind. */
    recentOutcomes(
      run: string,
      options: { readonly upToStep?: number; readonly limit: number; readonly tasks?: ReadonlySet<string> },
    ): CheckpointOutcomes[] {
      const { upToStep = Number.MAX_SAFE_INTEGER, limit, tasks } = options;
      return evaluatedUpTo
        .all({ run, upToStep, limit })
        .reverse()
        .map(({ id, step }) => ({ checkpoint: id, step, outcomes: outcomesOf(id, tasks), engine: measuredBy(id) }));
    },
  };
}

/** NaN is stored as null: a score's number is never absent, so null can only mean "not defined". */
const orNull = (value: number): number | null => (Number.isNaN(value) ? null : value);

function toScore(row: ScoreRow): Score {
  return {
    task: row.task,
    metric: row.metric,
    value: row.value ?? Number.NaN,
    stderr: row.stderr ?? Number.NaN,
    n: row.n,
    failed: row.failed,
    higherIsBetter: row.higher_is_better === 1,
    taskVersion: row.task_version,
    taskHash: row.task_hash,
    family: row.family,
    unit: row.unit,
    isAttached: row.attached === 1,
    reason: row.reason,
  };
}

function toCapabilityScore(row: CapabilityRow): CapabilityScore {
  return {
    capability: row.capability,
    value: row.value ?? Number.NaN,
    stderr: row.stderr ?? Number.NaN,
    n: row.n,
    members: decodeJson<CapabilityMember[]>(row.members),
    missing: decodeJson<MissingMember[]>(row.missing),
    segment: row.segment ?? '',
  };
}

/** Where single docs are not known, the number that stands for them. */
function withSummary(row: OutcomeRow): Outcomes {
  const outcomes = toOutcomes(row);
  if (row.count > 0 || row.n === null || row.value === null) return outcomes;
  return { ...outcomes, summary: { value: row.value, stderr: row.stderr ?? Number.NaN, n: row.n } };
}
