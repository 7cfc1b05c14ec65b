/**
 * Judges checkpoints in the order of their steps: verdicts, alerts that open or end, and the messages about them, in one transaction.
 * A checkpoint waits for every earlier one of its run that may still be evaluated, so that the verdicts do not depend on timing.
 */
import { type AlertChange, detectAlerts } from '../alert/detect.ts';
import { withExamples } from '../alert/examples.ts';
import type { CheckpointState } from '../domain/checkpoint.ts';
import type { Job } from '../domain/job.ts';
import type { CheckpointOutcomes } from '../domain/trend.ts';
import type { StoredCheckpoint } from '../store/checkpoints.ts';
import type { Store } from '../store/open-store.ts';
import { type JudgeResult, judgeCheckpoint, type NamedReference } from '../trend/judge.ts';
import { applyAlertChange } from './apply-alert-change.ts';
import type { DaemonContext } from './context.ts';
import { describeFlip } from './describe-flip.ts';
import { escalate } from './escalate.ts';
import { checkpointOf } from './job-keys.ts';
import { asOneEngine, bridgedSides } from './one-engine.ts';
import { ASK_FURTHER } from './plan-further.ts';
import { stageAt } from './plan-input.ts';
import { referenceRun } from './queue-model.ts';
import { queueNoteOf } from './queue-note.ts';
import { checkpointsOf, historyOf } from './run-history.ts';
import type { TaskFacts } from './task-facts.ts';
import { askWhere } from './tell-where-it-fell.ts';

/** The scan looks back over 20 checkpoints. */
const LOOK_BACK = 24;

const PENDING: readonly CheckpointState[] = ['found', 'settling', 'complete', 'queued', 'evaluating'];

/** What judging needs of the surroundings. */
export type JudgingContext = Pick<
  DaemonContext,
  'store' | 'config' | 'bus' | 'clock' | 'tasks' | 'notifiers' | 'linkOf' | 'actionsOf'
>;

/** What became of the next checkpoint: judged, or more is asked before it can be; nothing when none waits. */
export type Judged = 'judged' | 'asks further' | 'nothing';

export async function judgeNext(context: DaemonContext, facts: TaskFacts): Promise<Judged> {
  const jobs = context.store.jobs.unfinished();
  const waiting = new Set(jobs.filter(({ kind }) => kind === ASK_FURTHER).map(({ run }) => run));
  const late = lateOnes(context, jobs);
  const job = jobs.find((each) => each.kind === 'judge' && !waiting.has(each.run) && isItsTurn(context, each, late));
  if (!job) return 'nothing';
  const checkpoint = context.store.checkpoints.require(checkpointOf(job));
  const judged = judge(context, facts, checkpoint);
  if (judged && escalate(context, checkpoint, judged)) return 'asks further';
  await keepJudged(context, facts, checkpoint, judged, () => {
    context.store.jobs.complete(job.id);
    askWhere(context, checkpoint.run, checkpoint);
  });
  return 'judged';
}

/** Judges one checkpoint against what is stored of those before it; one that was not evaluated has nothing to judge. */
export async function judgeEvaluated(
  context: JudgingContext,
  facts: TaskFacts,
  checkpoint: StoredCheckpoint,
): Promise<void> {
  await keepJudged(context, facts, checkpoint, judge(context, facts, checkpoint), () => {});
}

/** @param settle done in the same transaction */
async function keepJudged(
  context: JudgingContext,
  facts: TaskFacts,
  checkpoint: StoredCheckpoint,
  judged: JudgeResult | null,
  settle: () => void,
): Promise<void> {
  const changes = judged === null ? [] : await withTexts(context, detect(context, facts, checkpoint, judged));
  context.bus.transact(() => {
    if (judged) keepVerdicts(context, facts, checkpoint, judged);
    for (const change of changes) applyAlertChange(context, change);
    settle();
  });
}

function isItsTurn({ store }: DaemonContext, job: Job, late: readonly string[]): boolean {
  if (job.run === null || job.step === null) return true;
  return !store.checkpoints.hasBefore(job.run, job.step, PENDING, late);
}

/** What is asked after it was passed over only adds to the history; no verdict waits for it. */
function lateOnes({ store }: DaemonContext, jobs: readonly Job[]): string[] {
  return jobs.filter((job) => job.kind === 'evaluate' && queueNoteOf(store, job).isLate).map(checkpointOf);
}

/** Null for a checkpoint that was not evaluated. */
function judge({ store, config }: JudgingContext, facts: TaskFacts, checkpoint: StoredCheckpoint): JudgeResult | null {
  if (checkpoint.state !== 'evaluated') return null;
  const openMembers = store.alerts
    .open(checkpoint.run)
    .filter((alert) => alert.kind === 'regression')
    .flatMap((alert) => alert.members.filter((member) => member.resolvedAtStep == null));
  const { run, step } = checkpoint;
  const recent = historyOf({ store, config }, run, { upToStep: step, limit: LOOK_BACK });
  const known = new Set(recent.map((each) => each.checkpoint));
  const frozen = [...new Set(openMembers.flatMap((member) => member.referenceCheckpoints))]
    .filter((id) => !known.has(id))
    .map(
      (id): CheckpointOutcomes => ({
        checkpoint: id,
        step: store.checkpoints.require(id).step,
        outcomes: store.scores.outcomesOf(id),
        engine: store.scores.measuredBy(id),
      }),
    );
  const engine = recent.at(-1)?.engine;
  return judgeCheckpoint({
    history: [...asOneEngine(store, frozen, engine).sort((a, b) => a.step - b.step), ...recent],
    tasks: facts.summaries,
    openMembers,
    base: baseOf(store, run),
    references: referencesOf({ store, config }, run),
    bridge: bridgedSides(store, recent),
    options: facts.judgeOptions(config),
  });
}

/** What the run started from, where it was evaluated. */
function baseOf(store: Store, run: string): CheckpointOutcomes | null {
  const base = store.runModels.get(run)?.baseRun ?? null;
  return base === null ? null : newestOf(store, base);
}

/** Those of the configuration that were evaluated; none is held against itself. */
function referencesOf({ store, config }: Pick<JudgingContext, 'store' | 'config'>, run: string): NamedReference[] {
  return Object.keys(config.references).flatMap((name) => {
    const own = referenceRun({ store }, name);
    const newest = own === null || own === run ? null : newestOf(store, own);
    return newest === null ? [] : [{ name, ...newest }];
  });
}

function newestOf(store: Store, run: string): CheckpointOutcomes | null {
  const newest = store.checkpoints.newestEvaluated(run);
  if (newest === null) return null;
  const { id, step } = newest;
  return { checkpoint: id, step, outcomes: store.scores.outcomesOf(id), engine: store.scores.measuredBy(id) };
}

function detect(
  { store, config, tasks }: JudgingContext,
  facts: TaskFacts,
  checkpoint: StoredCheckpoint,
  judged: JudgeResult,
): AlertChange[] {
  const { run, step } = checkpoint;
  const changes = detectAlerts({
    run,
    checkpoints: checkpointsOf({ store, config }, run, step),
    firing: judged.firing.map(({ member, level, verdict }) => ({ member, level, flipped: verdict.flipped })),
    resolved: judged.resolved,
    judgedLeaves: judged.judgedLeaves,
    telemetry: store.telemetry.range(run, 0, step),
    openAlerts: store.alerts.open(run),
    languageOf: facts.languageOf,
    // Read from all that was logged: only where there is something to advise on.
    stage: judged.firing.length === 0 ? null : stageAt({ store, config, tasks }, checkpoint).stage,
  });
  // Non-finite values are told as soon as they are read, long before the evaluation: see notice-telemetry.ts.
  return changes.filter(({ alert }) => alert.kind !== 'non-finite-loss');
}

function withTexts(context: JudgingContext, changes: readonly AlertChange[]): Promise<AlertChange[]> {
  return Promise.all(
    changes.map(async (change) => ({
      ...change,
      alert:
        change.flipped.length === 0
          ? change.alert
          : await withExamples(change.alert, change.flipped, (doc, alert) => describeFlip(context, doc, alert)),
    })),
  );
}

function keepVerdicts(
  { store, bus }: JudgingContext,
  facts: TaskFacts,
  checkpoint: StoredCheckpoint,
  judged: JudgeResult,
): void {
  // A labelled task stands behind its capability and never for itself.
  const labelled = new Set(
    facts.summaries.flatMap(({ name, capabilities }) => (capabilities.length > 0 ? [name] : [])),
  );
  store.verdicts.put(checkpoint.id, judged.verdicts);
  for (const verdict of judged.verdicts) {
    const { capability, task } = verdict.series;
    if (verdict.kind !== 'suspected' || (task !== null && labelled.has(task))) continue;
    bus.emit('verdict.suspected', {
      run: checkpoint.run,
      checkpoint: checkpoint.id,
      step: checkpoint.step,
      ...(capability === null ? { task } : { capability }),
      // Of a metric that is no proportion points would say nothing.
      ...(verdict.series.metric === 'score' && verdict.difference !== null ? { difference: verdict.difference } : {}),
      reason: verdict.reason,
      ...(verdict.reasonZh === undefined ? {} : { reason_zh: verdict.reasonZh }),
    });
  }
}
