/** A complete checkpoint gets its plan, its evaluation and its place in the queue, all in one transaction. */
import { docsOfAll, type Plan } from '../domain/plan.ts';
import { findStrategy, planEvaluation } from '../strategy/plan-evaluation.ts';
import type { DaemonContext } from './context.ts';

/** Key of the job that evaluates a checkpoint. */
export const evaluateKey = (checkpoint: string): string => `evaluate:${checkpoint}`;

/**
 * complete -> queued, or skipped when there is nothing to evaluate. Safe to call again after a crash.
 * Call it inside a transaction.
 */
export function planCheckpoint(context: DaemonContext, id: string): void {
  const { store, bus, config, tasks } = context;
  const checkpoint = store.checkpoints.require(id);
  const about = { run: checkpoint.run, checkpoint: id, step: checkpoint.step };
  if (tasks.size === 0) {
    const reason = 'there is no task to evaluate: name a folder of task files with --include-path';
    store.checkpoints.transition(id, 'skipped', reason);
    bus.emit('checkpoint.skipped', { ...about, reason });
    return;
  }
  const plan = planEvaluation(id, findStrategy(config.strategy.name), {
    step: checkpoint.step,
    // Of a huge data set only what is kept can be asked.
    tasks: [...tasks.values()].map(({ summary, docs }) => ({ ...summary, size: Math.min(summary.size, docs.length) })),
    docsPerTask: config.strategy.docs_per_task,
    secondsPerDoc: context.secondsPerDoc,
  });
  store.plans.add(plan);
  store.evaluations.add({ id: evaluationId(plan), checkpoint: id, plan: plan.id });
  store.jobs.enqueue({ kind: 'evaluate', key: evaluateKey(id), run: checkpoint.run, step: checkpoint.step });
  store.checkpoints.transition(id, 'queued');
  bus.emit('evaluation.planned', {
    ...about,
    plan: plan.id,
    strategy: plan.strategy,
    tasks: plan.slices.length,
    docs: docsOfAll(plan.slices),
  });
}

/** A plan is evaluated once, however often it is attempted. */
export function evaluationId(plan: Plan): string {
  return plan.id.replace(/^plan-/, 'evaluation-');
}
