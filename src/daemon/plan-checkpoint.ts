/** A complete checkpoint gets its plan, its evaluation and its place in the queue, all in one transaction. */
import { docsOfAll, type Plan } from '../domain/plan.ts';
import type { StoredCheckpoint } from '../store/checkpoints.ts';
import type { Store } from '../store/open-store.ts';
import { askWhereItFell } from '../strategy/bisect.ts';
import { findStrategy, planEvaluation } from '../strategy/plan-evaluation.ts';
import type { StrategyInput } from '../strategy/strategy.ts';
import { watchCloser } from '../strategy/watch-closer.ts';
import { whyKept } from './always-kept.ts';
import type { DaemonContext } from './context.ts';
import { evaluateKey } from './job-keys.ts';
import { type PlanSources, planInput } from './plan-input.ts';
import { type QueueNote, queueNoteOf } from './queue-note.ts';

/**
 * complete -> queued, or skipped when there is nothing to evaluate. Safe to call again after a crash.
 * Call it inside a transaction.
 */
export function planCheckpoint(context: DaemonContext, id: string): void {
  const { store, bus, tasks } = context;
  const checkpoint = store.checkpoints.require(id);
  const about = { run: checkpoint.run, checkpoint: id, step: checkpoint.step };
  if (tasks.size === 0) {
    const reason = 'there is no task to evaluate: name a folder of task files with --include-path';
    store.checkpoints.transition(id, 'skipped', reason);
    bus.emit('checkpoint.skipped', { ...about, reason });
    return;
  }
  const input = planInput(context, checkpoint);
  const plan = decidePlan(context, checkpoint, input);
  const kept = whyKept(context, checkpoint, input);
  const payload: QueueNote = { position: input.position, kept, isLate: false, tells: null };
  store.plans.add(plan);
  store.evaluations.add({ id: evaluationId(plan), checkpoint: id, plan: plan.id });
  store.jobs.enqueue({ kind: 'evaluate', key: evaluateKey(id), run: checkpoint.run, step: checkpoint.step, payload });
  store.checkpoints.transition(id, 'queued');
  bus.emit('evaluation.planned', {
    ...about,
    plan: plan.id,
    strategy: plan.strategy,
    tasks: plan.slices.length,
    docs: docsOfAll(plan.slices),
  });
}

/** What would be asked of the checkpoint now. */
export function decidePlan(
  sources: PlanSources,
  checkpoint: StoredCheckpoint,
  input = planInput(sources, checkpoint),
): Plan {
  const plan = decideFor(sources, checkpoint.id, input);
  const wish = sources.store.watchCloser.activeAt(checkpoint.run, checkpoint.step);
  if (wish === null) return plan;
  return { ...plan, ...watchCloser(plan, wish, input.tasks, input.history.costs.secondsPerDoc) };
}

/** @param input what is known of the checkpoint */
export function decideFor({ config }: Pick<PlanSources, 'config'>, checkpoint: string, input: StrategyInput): Plan {
  return planEvaluation(checkpoint, findStrategy(config.strategy.name), input);
}

/**
 * A checkpoint may have waited long since it was planned, and the ones before it were evaluated meanwhile: what they say counts.
 * A plan that something was asked of stands, and so does one whose tasks are no longer what they were.
 * @returns the plan that counts
 */
export function renewPlan(
  sources: PlanSources & { readonly store: Pick<Store, 'answers' | 'jobs'> },
  checkpoint: StoredCheckpoint,
): Plan {
  const { store, tasks } = sources;
  const kept = store.plans.ofCheckpoint(checkpoint.id).at(-1)!;
  const isBegun = store.answers.progress(evaluationId(kept)).size > 0;
  const isSame = kept.slices.every(({ task, taskHash }) => tasks.get(task)?.summary.hash === taskHash);
  if (isBegun || !isSame) return kept;
  const input = planInput(sources, checkpoint);
  const decided = decidePlan(sources, checkpoint, input);
  if (decided.strategy !== kept.strategy) return kept;
  const job = store.jobs.get(evaluateKey(checkpoint.id));
  const tells = job === null ? null : queueNoteOf(store, job).tells;
  const { slices, leftOut } =
    tells === null ? decided : askWhereItFell(decided, tells, input.tasks, input.history.costs.secondsPerDoc);
  const renewed = { ...kept, slices, leftOut };
  store.plans.renew(renewed);
  return renewed;
}

/** A plan is evaluated once, however often it is attempted. */
export function evaluationId(plan: Plan): string {
  return plan.id.replace(/^plan-/, 'evaluation-');
}
