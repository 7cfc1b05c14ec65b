/** Puts a checkpoint that another engine measured to the one that took over, and keeps what it says beside the scores that are there. */
import { createFileProofs } from '../checkpoint/file-proofs.ts';
import { fingerprintOf } from '../checkpoint/fingerprint.ts';
import { inspectCheckpoint } from '../checkpoint/inspect.ts';
import type { LibraError } from '../domain/errors.ts';
import type { Job } from '../domain/job.ts';
import { engineKind } from '../domain/language-model.ts';
import { coverageOf, docsBySlice, type Plan } from '../domain/plan.ts';
import type { Sample } from '../domain/sample.ts';
import { evaluatePlan } from '../evaluation/asking/evaluate.ts';
import { measureCheckpoint } from '../evaluation/scoring/aggregate.ts';
import type { Task } from '../evaluation/task.ts';
import type { ServedModel } from '../inference/serve-checkpoint.ts';
import type { StoredCheckpoint } from '../store/checkpoints.ts';
import { askedTasks, directoryOf, serveStored } from './ask-checkpoint.ts';
import { checkpointAsked } from './ask-further.ts';
import type { DaemonContext } from './context.ts';
import { learnRunModel } from './learn-run-model.ts';
import { openResponseCache } from './open-response-cache.ts';
import { bridgeOf } from './plan-bridge.ts';
import { whileServed } from './while-served.ts';

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
  let answered: Answered;
  try {
    const kind = engineKind(served.model.description);
    if (kind !== to) return leave(`the engine is ${kind} now`);
    answered = await askOnceMore(context, checkpoint, plan, { tasks, directory, served, signal });
  } finally {
    await served.stop();
  }
  const [failure] = answered.failures.values();
  if (failure && !isLastTry(failure)) throw failure;
  const seconds = (clock.monotonic() - startedAt) / 1000;
  const { outcomes } = measureCheckpoint(answered.slices);
  bus.transact(() => {
    store.bridges.put({ checkpoint: id, from, to }, outcomes);
    store.jobs.complete(job.id);
    bus.emit('evaluation.finished', {
      run,
      checkpoint: id,
      step,
      seconds,
      docs: answered.slices.reduce((sum, { samples }) => sum + samples.length, 0),
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

interface Answered {
  readonly slices: Parameters<typeof measureCheckpoint>[0];
  readonly failures: ReadonlyMap<string, LibraError>;
}

async function askOnceMore(
  context: DaemonContext,
  { format, fingerprint }: StoredCheckpoint,
  plan: Plan,
  {
    tasks,
    directory,
    served,
    signal,
  }: {
    readonly tasks: ReadonlyMap<string, Task>;
    readonly directory: string;
    readonly served: ServedModel;
    readonly signal: AbortSignal;
  },
): Promise<Answered> {
  const { store, execute, config, log } = context;
  const docs = docsBySlice(plan.slices);
  const cached = { directory, format, fingerprint: fingerprint ?? '' };
  const cache =
    config.retention.responses === 0 ? null : await openResponseCache(store, cached, served.model.description, log);
  const samples = new Map<string, Sample[]>();
  const failures = new Map<string, LibraError>();
  const batches = evaluatePlan({
    plan: plan.slices.map(({ task }, place) => ({ task: tasks.get(task)!, docs: docs[place]! })),
    model: served.model,
    execute,
    cache,
    signal,
  });
  for await (const { place, samples: more, error } of whileServed(batches, served)) {
    const { task } = plan.slices[place]!;
    if (error !== null) failures.set(task, error);
    samples.set(task, [...(samples.get(task) ?? []), ...more]);
  }
  const names = [...new Set(plan.slices.map(({ task }) => task))].filter((name) => !failures.has(name));
  const slices = names.map((name) => ({
    task: tasks.get(name)!,
    ...coverageOf(plan.slices.filter(({ task }) => task === name)),
    samples: (samples.get(name) ?? []).sort((a, b) => a.index - b.index),
  }));
  return { slices, failures };
}
