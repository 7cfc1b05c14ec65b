/**
 * Runs the plan of one checkpoint: start an engine on the pinned files, ask slice by slice, keep every batch of answers as it comes,
 * score at the end. After a crash it goes on behind the last batch that was kept.
 */
import type { Checkpoint } from '../domain/checkpoint.ts';
import type { LibraError } from '../domain/errors.ts';
import type { Job } from '../domain/job.ts';
import { askCheckpoint } from './ask-checkpoint.ts';
import type { DaemonContext } from './context.ts';
import { keepScores } from './keep-scores.ts';
import { evaluationId, renewPlan } from './plan-checkpoint.ts';
import { askWhere } from './tell-where-it-fell.ts';

export interface Attempt {
  /** The checkpoint's. */
  readonly id: string;
  /** False when a later attempt may do what this one could not. */
  readonly isLastTry: (error: LibraError) => boolean;
  readonly signal: AbortSignal;
}

/**
 * @throws LibraError of the engine family when the engine cannot do it, LIBRA_CHECKPOINT_VANISHED when its files are gone
 */
export async function evaluateCheckpoint(
  context: DaemonContext,
  job: Job,
  { id, isLastTry, signal }: Attempt,
): Promise<void> {
  const { store, bus, clock } = context;
  const checkpoint = store.checkpoints.require(id);
  const planned = store.plans.ofCheckpoint(id).at(-1)!;
  const evaluation = evaluationId(planned);
  const about = { run: checkpoint.run, checkpoint: id, step: checkpoint.step };
  const startedAt = clock.monotonic();
  bus.transact(() => {
    store.checkpoints.transition(id, 'evaluating');
    bus.emit('evaluation.started', { ...about, plan: planned.id });
  });
  const asked = await askCheckpoint(context, checkpoint, () => renewPlan(context, checkpoint), signal);
  if ('unaskable' in asked) {
    skipUnaskable(context, job, checkpoint, evaluation, asked.unaskable);
    return;
  }
  const { plan, failures, engines, tasks } = asked;
  const [failure] = failures.values();
  // The others are kept: the next attempt asks what failed and nothing else, and after the last one they are scored without it.
  const names = new Set(plan.slices.map(({ task }) => task));
  if (failure && (failures.size === names.size || !isLastTry(failure))) throw failure;
  const seconds = (clock.monotonic() - startedAt) / 1000;
  keepScores(context, { job, checkpoint, plan, tasks, failures, engines, seconds });
}

function skipUnaskable(
  context: DaemonContext,
  job: Job,
  { id, run, step }: Checkpoint,
  evaluation: string,
  reason: string,
): void {
  const { store, bus } = context;
  bus.transact(() => {
    store.evaluations.fail(evaluation, reason);
    store.checkpoints.transition(id, 'skipped', reason);
    store.jobs.complete(job.id);
    bus.emit('checkpoint.skipped', { run, checkpoint: id, step, reason });
    askWhere(context, run, null);
  });
}
