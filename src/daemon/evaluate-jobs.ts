/** Takes the next checkpoint from the queue, evaluates it, and decides what becomes of a failure. */
import { LibraError, messageOf } from '../domain/errors.ts';
import type { Job } from '../domain/job.ts';
import { askBridge } from './ask-bridge.ts';
import { askFurther, checkpointAsked } from './ask-further.ts';
import type { DaemonContext } from './context.ts';
import { evaluateCheckpoint } from './evaluate-checkpoint.ts';
import { checkpointOf } from './job-keys.ts';
import { bridgeOf } from './plan-bridge.ts';
import { evaluationId } from './plan-checkpoint.ts';
import { ASK_FURTHER } from './plan-further.ts';
import { releaseDone } from './release-pin.ts';
import { backFill, siftBacklog } from './sift-backlog.ts';
import { tellEvaluationFailed, tellVanished } from './tell-trouble.ts';
import { askWhere } from './tell-where-it-fell.ts';

const LEASE_MS = 10 * 60_000;
const MAX_ATTEMPTS = 3;

/** Trying again cannot help these. */
const FINAL_CODES = new Set([
  'LIBRA_ARCHITECTURE_UNSUPPORTED',
  'LIBRA_ENGINE_NON_FINITE',
  'LIBRA_ENGINE_NO_LOGPROBS',
  'LIBRA_CHECKPOINT_INVALID',
]);

/** @returns true when there was a job */
export async function runNextEvaluation(context: DaemonContext, signal: AbortSignal): Promise<boolean> {
  const { store, log } = context;
  const { job, skipped } = takeNext(context);
  if (skipped) await releaseDone(context);
  if (!job) return skipped;
  if (job.kind === ASK_FURTHER) return runFurther(context, job, signal);
  const id = checkpointOf(job);
  if (store.checkpoints.require(id).state !== 'queued') {
    // It vanished while it waited: that was told, and there is nothing left to evaluate.
    store.jobs.complete(job.id);
    return true;
  }
  try {
    await evaluateCheckpoint(context, job, {
      id,
      isLastTry: (error) => job.attempts + 1 >= attemptsFor(error),
      signal,
    });
  } catch (error) {
    if (signal.aborted) {
      store.jobs.release(job.id);
      return false;
    }
    log.warn(`evaluation of ${id} failed: ${messageOf(error)}`);
    settleFailure(context, job, id, error);
  }
  if (store.jobs.get(job.key)?.state !== 'queued') await releaseDone(context);
  return true;
}

/** What the backlog passes over is decided in the transaction that takes the next: nothing can come between. */
function takeNext(context: DaemonContext): { readonly job: Job | null; readonly skipped: boolean } {
  return context.bus.transact(() => {
    const skipped = siftBacklog(context);
    backFill(context);
    const job = context.store.jobs.lease({ kinds: ['evaluate', ASK_FURTHER], leaseMs: LEASE_MS });
    return { job, skipped };
  });
}

/** Further docs that can't be had leave the verdict with those that are there. */
async function runFurther(context: DaemonContext, job: Job, signal: AbortSignal): Promise<boolean> {
  const { store, log } = context;
  try {
    const ask = bridgeOf(job) === null ? askFurther : askBridge;
    await ask(context, job, { isLastTry: (error) => job.attempts + 1 >= attemptsFor(error), signal });
  } catch (error) {
    if (signal.aborted) {
      store.jobs.release(job.id);
      return false;
    }
    const isGone = error instanceof LibraError && error.code === 'LIBRA_CHECKPOINT_VANISHED';
    log.warn(`further docs of ${checkpointAsked(job)} could not be asked: ${messageOf(error)}`);
    const asked = checkpointAsked(job);
    const outcome = store.jobs.fail(job.id, sentenceOf(error), isGone ? 1 : attemptsFor(error));
    // What was known before it still is.
    if (outcome === 'failed' && bridgeOf(job) === null)
      store.evaluations.finish(evaluationId(store.plans.ofCheckpoint(asked).at(-1)!), 0);
  }
  return true;
}

/** Vanished files are not a failure; what trying again cannot mend fails at once; the rest is tried three times. */
function settleFailure(context: DaemonContext, job: Job, id: string, error: unknown): void {
  const { store, bus } = context;
  const checkpoint = store.checkpoints.require(id);
  const { run, step } = checkpoint;
  const about = { run, checkpoint: id, step };
  const reason = sentenceOf(error);
  const plan = store.plans.ofCheckpoint(id).at(-1)!;
  bus.transact(() => {
    if (error instanceof LibraError && error.code === 'LIBRA_CHECKPOINT_VANISHED') {
      store.jobs.fail(job.id, reason, 1);
      store.checkpoints.transition(id, 'vanished', reason);
      bus.emit('checkpoint.vanished', { ...about, reason });
      tellVanished(context, checkpoint);
      askWhere(context, run, null);
      return;
    }
    const outcome = store.jobs.fail(job.id, reason, attemptsFor(error));
    if (error instanceof LibraError && error.family === 'engine') bus.emit('engine.failed', { ...about, reason });
    if (outcome === 'queued') {
      store.checkpoints.transition(id, 'queued', `attempt ${job.attempts + 1} of ${MAX_ATTEMPTS} failed: ${reason}`);
      return;
    }
    store.evaluations.fail(evaluationId(plan), reason);
    store.checkpoints.transition(id, 'failed', reason);
    bus.emit('evaluation.failed', { ...about, reason });
    tellEvaluationFailed(context, checkpoint, error);
    // Were it asked where something fell, another one has to tell.
    askWhere(context, run, null);
  });
}

function attemptsFor(error: unknown): number {
  return error instanceof LibraError && FINAL_CODES.has(error.code) ? 1 : MAX_ATTEMPTS;
}

function sentenceOf(error: unknown): string {
  return error instanceof LibraError ? `${error.message} ${error.hint}` : messageOf(error);
}
