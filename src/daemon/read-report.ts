/** Everything a report on a run says, as plain values read from the store: nothing is computed here that another reader computes. */
import { mixDistance } from '../alert/telemetry-spikes.ts';
import type { CheckpointState } from '../domain/checkpoint.ts';
import type { Provenance } from '../domain/provenance.ts';
import type { RunState } from '../domain/run.ts';
import type { TelemetryPoint } from '../domain/telemetry.ts';
import type { Verdict } from '../domain/trend.ts';
import type { AlertTransition, StoredAlert } from '../store/alerts.ts';
import type { StoredCheckpoint } from '../store/checkpoints.ts';
import type { Store } from '../store/open-store.ts';
import type { RunModel } from '../store/run-models.ts';
import { findRun } from './find-run.ts';
import { type InterventionReply, readInterventions } from './read-interventions.ts';
import { readTrend, type TrendReply } from './read-trend.ts';

export interface ReportAlert extends StoredAlert {
  /** What the team answered, oldest first. */
  readonly answers: readonly AlertTransition[];
}

/** The first step that was logged with another data mix, and both mixes. */
export interface MixChange {
  readonly step: number;
  readonly before: Readonly<Record<string, number>>;
  readonly after: Readonly<Record<string, number>>;
}

export interface ReportFacts {
  readonly run: {
    readonly id: string;
    readonly name: string;
    readonly path: string;
    readonly state: RunState;
    readonly maxSteps: number | null;
    readonly model: RunModel | null;
  };
  readonly counts: Readonly<Record<CheckpointState, number>>;
  /** Steps of the first and last checkpoint of any state; null while there is none. */
  readonly steps: readonly [number, number] | null;
  /** Newest checkpoint with scores; null before. */
  readonly newest: StoredCheckpoint | null;
  /** Checkpoints that were there and have no scores, with the reason. */
  readonly unmeasured: readonly { readonly step: number; readonly state: CheckpointState; readonly reason: string }[];
  readonly trend: TrendReply;
  readonly mixChanges: readonly MixChange[];
  /** What the team changed, with what came of it. */
  readonly interventions: readonly InterventionReply[];
  readonly verdicts: readonly Verdict[];
  /** Newest first; those that were never told are left out. */
  readonly alerts: readonly ReportAlert[];
  /** Of the newest measured checkpoint, by task. */
  readonly provenance: readonly Provenance[];
  /** Seconds that finished evaluations took, all of them together. */
  readonly seconds: number;
}

const UNMEASURED: readonly CheckpointState[] = ['skipped', 'failed', 'vanished', 'invalid'];
/** More points of a curve than this cannot be told apart on paper. */
const MAX_POINTS = 240;
/** Share of the data mix that counts as a change. */
const MIX_CHANGE = 0.05;

/** @throws LIBRA_RUN_UNKNOWN */
export function readReport(store: Store, runName: string): ReportFacts {
  const { id, name, path, state, maxSteps } = findRun(store, runName);
  const { counts } = store.runs.overview(id)[0]!;
  const checkpoints = store.checkpoints.ofRun(id);
  const newest = checkpoints.findLast((checkpoint) => checkpoint.state === 'evaluated') ?? null;
  const seconds = checkpoints
    .flatMap((checkpoint) => store.evaluations.ofCheckpoint(checkpoint.id))
    .reduce((sum, evaluation) => sum + (evaluation.seconds ?? 0), 0);
  return {
    run: { id, name, path, state, maxSteps, model: store.runModels.get(id) },
    counts,
    steps: checkpoints.length === 0 ? null : [checkpoints[0]!.step, checkpoints.at(-1)!.step],
    newest,
    unmeasured: checkpoints
      .filter((checkpoint) => UNMEASURED.includes(checkpoint.state))
      .map((checkpoint) => ({ step: checkpoint.step, state: checkpoint.state, reason: checkpoint.reason ?? '' })),
    trend: readTrend(store, id, { maxPoints: MAX_POINTS }),
    mixChanges: mixChangesOf(store.telemetry.range(id, 0, Number.MAX_SAFE_INTEGER)),
    interventions: readInterventions(store, id),
    verdicts: newest === null ? [] : store.verdicts.ofCheckpoint(newest.id),
    alerts: store.alerts
      .ofRun(id)
      .filter((alert) => alert.state !== 'pending')
      .map((alert) => ({ ...alert, answers: store.alerts.history(alert.id).filter(({ by }) => by !== 'libra') }))
      .reverse(),
    provenance: newest === null ? [] : store.provenance.ofCheckpoint(newest.id),
    seconds,
  };
}

/** Against the mix since the last change, so that a slow drift is found too. */
function mixChangesOf(points: readonly TelemetryPoint[]): MixChange[] {
  const changes: MixChange[] = [];
  let before: MixChange['before'] | null = null;
  for (const { step, dataMix: after } of points) {
    if (after === null) continue;
    if (before !== null && mixDistance(before, after) > MIX_CHANGE) changes.push({ step, before, after });
    if (before === null || changes.at(-1)?.step === step) before = after;
  }
  return changes;
}
