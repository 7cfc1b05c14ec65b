/** Puts a checkpoint that another engine measured to the one that took over, and keeps what it says beside the scores that are there. */
import { createFileProofs } from '../checkpoint/file-proofs.ts';
import { fingerprintOf } from '../checkpoint/fingerprint.ts';
import { inspectCheckpoint } from '../checkpoint/inspect.ts';
import type { LibraError } from '../domain/errors.ts';
import type { Job } from '../domain/job.ts';
import { engineKind } from '../domain/language-model.ts';
import { coverageOf, docsBySlice, type Plan } from '../domain/plan.ts';
import { measureCheckpoint } from '../evaluation/scoring/aggregate.ts';
import type { Task } from '../evaluation/task.ts';
import type { ServedModel } from '../inference/serve-checkpoint.ts';
import type { StoredCheckpoint } from '../store/checkpoints.ts';
import { answerTasks, type TasksAnswered } from './answer-tasks.ts';
import { askedTasks, directoryOf, serveStored } from './ask-checkpoint.ts';
import { checkpointAsked } from './ask-further.ts';
import type { DaemonContext } from './context.ts';
import { learnRunModel } from './learn-run-model.ts';
import { openResponseCache } from './open-response-cache.ts';
import { bridgeOf } from './plan-bridge.ts';

/** @throws LibraError as asking a checkpoint does */
export async function askBridge(
  context: DaemonContext,
  job: Job,
  { isLastTry, signal }: { readonly isLastTry: (error: LibraError) => boolean; readonly signal: AbortSignal },
): Promise<void> {
  const { store, bus, clock, log } = context;
  const { from, to } = bridgeOf(job)!;
  const checkpoint = store.checkpoints.require(checkpointAsked(job));
  const { id, run, step } = checkpoint;
  const leave = (why: string) => {
    log.info(`${id} is not asked once more by ${to}: ${why}`);
    store.jobs.complete(job.id);
  };
  const startedAt = clock.monotonic();
  const directory = directoryOf(context, checkpoint);
  if (!(await isStill(checkpoint, directory))) return leave('its files are others by now');
  const tasks = await askedTasks(context, await learnRunModel(context, store.runs.require(run), directory), directory);
  const plan = withKnownTasks(context, store.plans.ofCheckpoint(id).at(-1)!);
  const served = await serveStored(context, checkpoint, directory, signal);
  let answered: TasksAnswered;
  try {
    const kind = engineKind(served.model.description);
    if (kind !== to) return leave(`the engine is ${kind} now`);
    answered = await askOnceMore(context, checkpoint, plan, { tasks, directory, served, signal });
  } finally {
    await served.stop();
  }
  const [failure] = answered.failures;
  if (failure && !isLastTry(failure.error)) throw failure.error;
  const seconds = (clock.monotonic() - startedAt) / 1000;
  const slices = answered.slices.map((slice) => ({
    ...slice,
    ...coverageOf(plan.slices.filter(({ task }) => task === slice.task.summary.name)),
  }));
  const { outcomes } = measureCheckpoint(slices);
  bus.transact(() => {
    store.bridges.put({ checkpoint: id, from, to }, outcomes);
    store.jobs.complete(job.id);
    bus.emit('evaluation.finished', {
      run,
      checkpoint: id,
      step,
      seconds,
      docs: answered.work.docs,
      further: true,
      bridge: { from, to },
    });
  });
  log.info(`${id} was asked once more: ${from} -> ${to}`);
}

/** A directory may hold another checkpoint by now; a pin never does. */
async function isStill({ fingerprint, step }: StoredCheckpoint, directory: string): Promise<boolean> {
  if (fingerprint === null) return false;
  const { identity } = await inspectCheckpoint(directory, step, createFileProofs(directory));
  return (await fingerprintOf(directory, identity)) === fingerprint;
}

/** What the task files no longer have, or have otherwise, can't be asked the same once more. */
function withKnownTasks({ tasks }: DaemonContext, plan: Plan): Plan {
  const slices = plan.slices.filter(({ task, taskHash }) => tasks.get(task)?.summary.hash === taskHash);
  return { ...plan, slices };
}

interface Asking {
  /** As they are put to this model, by name. */
  readonly tasks: ReadonlyMap<string, Task>;
  readonly directory: string;
  readonly served: ServedModel;
  readonly signal: AbortSignal;
}

/** Nothing is kept on the way: what a crash loses is known to the cache of answers. */
async function askOnceMore(
  { store, execute, config, clock, log }: DaemonContext,
  { format, fingerprint }: StoredCheckpoint,
  { slices }: Plan,
  { tasks, directory, served, signal }: Asking,
): Promise<TasksAnswered> {
  const cached = { directory, format, fingerprint: fingerprint ?? '' };
  const isKept = config.retention.responses > 0;
  const cache = isKept ? await openResponseCache(store, cached, served.model.description, log) : null;
  const docs = docsBySlice(slices);
  const chosen = new Map<string, number[]>();
  slices.forEach(({ task }, place) => {
    chosen.set(
      task,
      [...(chosen.get(task) ?? []), ...docs[place]!].sort((a, b) => a - b),
    );
  });
  const asked = [...chosen.keys()].map((name) => tasks.get(name)!);
  return answerTasks(asked, cache, served, { chosen, execute, signal, clock });
}
