/**
 * When something fell between two checkpoints and others between them were passed over, the middle one is evaluated after all, and the alert
 * is narrowed by what it says, until nothing is left between. What is narrowed is told in the alert's history, not sent again.
 */
import { type Between, isBetween, narrowAlert } from '../alert/narrow-alert.ts';
import type { AlertMember } from '../domain/alert.ts';
import { coverageOf } from '../domain/plan.ts';
import type { Task } from '../evaluation/task.ts';
import type { StoredAlert } from '../store/alerts.ts';
import type { StoredCheckpoint } from '../store/checkpoints.ts';
import { chooseMiddle, type Fallen, type Telling } from '../strategy/bisect.ts';
import { shareOfDrop } from '../trend/share-of-drop.ts';
import { applyAlertChange } from './apply-alert-change.ts';
import type { JudgingContext } from './judge-checkpoint.ts';
import { takeable, takeUp } from './passed-over.ts';
import { stageAt } from './plan-input.ts';
import { queueNoteOf } from './queue-note.ts';
import { checkpointsOf } from './run-history.ts';
import { learnTaskFacts } from './task-facts.ts';

interface Interval extends Fallen {
  /** At which it was seen. */
  readonly seenAt: { readonly checkpoint: string; readonly step: number };
  readonly tasks: readonly string[];
  /** What was seen there. */
  readonly verb: 'regressed' | 'looks low';
}

/**
 * Queues the middle of what was passed over where something fell; one at a time, as each says where the next one lies. Call it inside a transaction.
 * @param judged the checkpoint that was judged just now: what is only suspected there counts as well; null for alerts alone
 */
export function askWhere(context: JudgingContext, run: string, judged: StoredCheckpoint | null): void {
  const { store } = context;
  const isAsking = store.jobs
    .unfinished()
    .some((job) => job.run === run && job.kind === 'evaluate' && queueNoteOf(store, job).tells !== null);
  if (isAsking) return;
  const fallen = [...firing(context, run), ...(judged === null ? [] : suspected(context, judged))];
  if (fallen.length === 0) return;
  const chosen = chooseMiddle(fallen, takeable(store, run));
  if (chosen === null) return;
  const { seenAt, between, verb } = chosen.fallen;
  const [good, bad] = between.map((step) => step.toLocaleString('en-US'));
  const reason = `Step ${seenAt.step.toLocaleString('en-US')} ${verb} between ${good} and ${bad}: this one tells where.`;
  const tells: Telling = { reason, docs: docsOf(context, chosen.fallen) };
  takeUp(context, chosen.middle, { kept: 'asked where something fell', tells }, reason);
}

/** Members of open alerts, the newest alert and the surest member first. */
function firing({ store }: JudgingContext, run: string): Interval[] {
  return store.alerts
    .open(run)
    .filter(({ kind, checkpoint }) => kind === 'regression' && checkpoint !== null)
    .reverse()
    .flatMap(({ members, checkpoint, step }) =>
      members
        .filter(({ resolvedAtStep }) => resolvedAtStep == null)
        .sort((a, b) => b.z - a.z)
        .map(
          ({ changeBetween, tasks }): Interval => ({
            between: changeBetween,
            tasks,
            seenAt: { checkpoint: checkpoint!, step: step! },
            verb: 'regressed',
          }),
        ),
    );
}

function suspected({ store, tasks }: JudgingContext, { id, step }: StoredCheckpoint): Interval[] {
  const behind = (capability: string) =>
    [...tasks.values()]
      .filter(({ summary }) => summary.capabilities.includes(capability))
      .map(({ summary }) => summary.name);
  return store.verdicts
    .ofCheckpoint(id)
    .filter(({ kind }) => kind === 'suspected')
    .flatMap(({ changeBetween: between, series }) => {
      if (between === null) return [];
      const named = series.task === null ? behind(series.capability!) : [series.task];
      return [{ between, tasks: named, seenAt: { checkpoint: id, step }, verb: 'looks low' as const }];
    });
}

function docsOf({ store }: JudgingContext, { seenAt, tasks }: Interval): Telling['docs'] {
  const slices = store.plans.ofCheckpoint(seenAt.checkpoint).at(-1)?.slices ?? [];
  return Object.fromEntries(
    tasks.flatMap((task) => {
      const { docs } = coverageOf(slices.filter((slice) => slice.task === task));
      return docs === 0 ? [] : [[task, docs]];
    }),
  );
}

/** A checkpoint that was passed over has its scores: open alerts that it lies within are narrowed. Call it inside a transaction. */
export function learnWhere(context: JudgingContext, checkpoint: StoredCheckpoint): void {
  const { store, tasks } = context;
  const { run, step } = checkpoint;
  for (const alert of store.alerts.open(run)) {
    if (alert.step === null || !alert.members.some((member) => isBetween(member, step))) continue;
    const between: Between = { step, isLow: (member) => isLow(context, checkpoint, alert, member) };
    const narrowed = narrowAlert(alert, between, {
      checkpoints: checkpointsOf(context, run, alert.step),
      telemetry: store.telemetry.range(run, 0, alert.step),
      languageOf: learnTaskFacts(tasksBehind(alert, tasks)).languageOf,
      stage: stageAt(context, store.checkpoints.require(alert.checkpoint!)).stage,
    });
    if (narrowed === null) continue;
    applyAlertChange(context, { change: 'update', alert: narrowed.alert, flipped: [] });
    store.alerts.remark(alert.id, narrowed.why);
  }
}

function tasksBehind({ members }: StoredAlert, tasks: JudgingContext['tasks']): Task[] {
  return [...new Set(members.flatMap((member) => member.tasks))].flatMap((name) => tasks.get(name) ?? []);
}

/** Held against the member's frozen reference, and against the checkpoints from its first bad one to that at which it fired. */
function isLow(
  context: JudgingContext,
  { id, run }: StoredCheckpoint,
  { checkpoint }: StoredAlert,
  member: AlertMember,
): boolean | null {
  const { store, tasks } = context;
  const metricOf = new Map(
    member.tasks.flatMap((name) => {
      const summary = tasks.get(name)?.summary;
      if (summary === undefined) return [];
      return [[name, member.metric === 'score' ? summary.primaryMetric : member.metric]];
    }),
  );
  const bad = checkpointsOf(context, run, member.firedAtStep).filter(({ step }) => step >= member.changeBetween[1]);
  const after = bad.length > 0 ? bad.map((one) => one.id) : checkpoint === null ? [] : [checkpoint];
  const answered = (one: string) => ({ outcomes: store.scores.outcomesOf(one), engine: store.scores.measuredBy(one) });
  const share = shareOfDrop(answered(id), member.referenceCheckpoints.map(answered), after.map(answered), { metricOf });
  return share === null ? null : share >= 0.5;
}
