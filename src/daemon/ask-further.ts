/** Asks a checkpoint that is evaluated already what its plan has grown by, and scores it anew with it; its state does not change. */
import type { LibraError } from '../domain/errors.ts';
import type { Job } from '../domain/job.ts';
import { askCheckpoint } from './ask-checkpoint.ts';
import type { DaemonContext } from './context.ts';
import { measureAnswered } from './keep-scores.ts';
import { evaluationId } from './plan-checkpoint.ts';

interface FurtherAttempt {
  readonly isLastTry: (error: LibraError) => boolean;
  readonly signal: AbortSignal;
}

/** @throws LibraError as asking a checkpoint does */
export async function askFurther(
  context: DaemonContext,
  job: Job,
  { isLastTry, signal }: FurtherAttempt,
): Promise<void> {
  const { store, bus, clock, log } = context;
  const checkpoint = store.checkpoints.require(checkpointAsked(job));
  const startedAt = clock.monotonic();
  const asked = await askCheckpoint(context, checkpoint, () => store.plans.ofCheckpoint(checkpoint.id).at(-1)!, signal);
  if ('unaskable' in asked) {
    log.info(`further docs of ${checkpoint.id} are not asked: ${asked.unaskable}`);
    store.jobs.complete(job.id);
    return;
  }
  const { plan, failures, engines, tasks } = asked;
  const [failure] = failures.values();
  if (failure && !isLastTry(failure)) throw failure;
  const seconds = (clock.monotonic() - startedAt) / 1000;
  const { measured, provenance, docs } = measureAnswered(context, { checkpoint, plan, tasks, failures, engines });
  bus.transact(() => {
    store.scores.put(checkpoint.id, measured);
    store.provenance.put(checkpoint.id, provenance);
    store.evaluations.finish(evaluationId(plan), seconds);
    store.jobs.complete(job.id);
    bus.emit('evaluation.finished', {
      run: checkpoint.run,
      checkpoint: checkpoint.id,
      step: checkpoint.step,
      seconds,
      docs,
      further: true,
      capabilities: Object.fromEntries(measured.capabilities.map((each) => [each.capability, each.value])),
    });
  });
}

/** The checkpoint that a job of this kind asks: the newest itself or one of its references. */
export function checkpointAsked(job: Job): string {
  return (job.payload as { checkpoint: string }).checkpoint;
}
