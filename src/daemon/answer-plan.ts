/** Asks a served model what its plan says and earlier attempts left, and keeps every batch with what it took as it comes. */
import type { Checkpoint } from '../domain/checkpoint.ts';
import type { EngineFigures } from '../domain/engine-figures.ts';
import { LibraError } from '../domain/errors.ts';
import { docsBySlice, type Plan, type PlanSlice } from '../domain/plan.ts';
import { evaluatePlan } from '../evaluation/asking/evaluate.ts';
import type { Task } from '../evaluation/task.ts';
import type { ServedModel } from '../inference/serve-checkpoint.ts';
import type { DaemonContext } from './context.ts';
import { addFigures, meterTasks } from './meter-tasks.ts';
import { openResponseCache } from './open-response-cache.ts';
import { droppedIn, warnOfCuts, warnOfDropped, warnOfLongAnswers } from './warn-of-cuts.ts';
import { whileServed } from './while-served.ts';

type AnsweringContext = Pick<DaemonContext, 'config' | 'store' | 'bus' | 'log' | 'clock' | 'tasks' | 'execute'>;

export interface Answering {
  readonly about: { readonly run: string; readonly checkpoint: string; readonly step: number };
  readonly checkpoint: Checkpoint;
  readonly plan: Plan;
  readonly evaluation: string;
  /** As they are put to this model, by name. */
  readonly tasks: ReadonlyMap<string, Task>;
  readonly served: Pick<ServedModel, 'model' | 'meter' | 'onFailure'>;
  readonly signal: AbortSignal;
}

/** Both by task. */
export interface PlanAnswered {
  /** Why it failed. */
  readonly failures: ReadonlyMap<string, LibraError>;
  /** What the engine took for it, in this attempt. */
  readonly engines: ReadonlyMap<string, EngineFigures>;
}

/**
 * @throws LibraError of the engine family when the engine is lost, LIBRA_EVALUATION_FAILED when a task is another one by now
 */
export async function answerPlan(context: AnsweringContext, answering: Answering): Promise<PlanAnswered> {
  const { config, store, bus, log, clock } = context;
  const { about, checkpoint, plan, evaluation, tasks, served, signal } = answering;
  const taskOf = (slice: PlanSlice): Task => askedTask(context, tasks, slice);
  const left = docsLeft(plan.slices, store.answers.progress(evaluation));
  const total = left.reduce((sum, { before, docs }) => sum + before + docs.length, 0);
  let done = 0;
  const tell = (slice: PlanSlice, docs: number) => {
    if (docs === 0) return;
    done += docs;
    bus.pass('evaluation.progress', { ...about, task: slice.task, done, total });
  };
  plan.slices.forEach((slice, place) => {
    tell(slice, left[place]!.before);
  });
  const { model } = served;
  const room = config.retention.responses;
  const directory = store.pins.ofCheckpoint(checkpoint.id)?.directory ?? checkpoint.path;
  const { format, fingerprint } = checkpoint;
  const cached = { directory, format, fingerprint: fingerprint ?? '' };
  const batches = evaluatePlan({
    plan: plan.slices.map((slice, place) => ({ task: taskOf(slice), docs: left[place]!.docs })),
    model,
    execute: context.execute,
    cache: room === 0 ? null : await openResponseCache(store, cached, model.description, log),
    signal,
  });
  const failures = new Map<string, LibraError>();
  let reused = 0;
  const cuts = plan.slices.map(() => ({ cut: 0, of: 0, dropped: 0 }));
  const engines = new Map<string, EngineFigures>();
  const metered = meterTasks(batches, served, (place, figures) => {
    const { task } = plan.slices[place]!;
    const before = engines.get(task);
    engines.set(task, before === undefined ? figures : addFigures(before, figures));
  });
  let since = clock.monotonic();
  for await (const { place, samples, error, counts } of whileServed(metered, served)) {
    const slice = plan.slices[place]!;
    if (error !== null) {
      log.warn(`${slice.task} can't be asked of ${checkpoint.id}: ${error.message}`);
      failures.set(slice.task, error);
    }
    const now = clock.monotonic();
    const seconds = (now - since) / 1000;
    since = now;
    store.transaction(() => {
      store.answers.append(evaluation, slice.task, samples);
      store.plans.spend(plan.id, place, seconds);
    });
    reused += counts.reused;
    const sum = cuts[place]!;
    sum.cut += samples.filter(({ isCut }) => isCut).length;
    sum.of += samples.length;
    sum.dropped += droppedIn(samples);
    tell(slice, samples.length);
  }
  store.responses.keepWithin(room);
  plan.slices.forEach((slice, place) => {
    warnOfLongAnswers(log, taskOf(slice), model.description.maxLength);
    warnOfDropped(log, taskOf(slice), cuts[place]!.dropped);
    warnOfCuts(log, taskOf(slice), cuts[place]!, model.description.maxLength);
  });
  if (reused > 0) log.info(`${reused} answers of ${checkpoint.id} were known and reused`);
  return { failures, engines };
}

interface Left {
  /** Docs of the slice that are kept already. */
  readonly before: number;
  /** Indexes of the others, in the order they are asked. */
  readonly docs: readonly number[];
}

/** A task's docs are kept in the order its slices ask them, so their number says which they are. */
function docsLeft(slices: readonly PlanSlice[], progress: ReadonlyMap<string, number>): readonly Left[] {
  const kept = new Map(progress);
  return docsBySlice(slices).map((docs, place) => {
    const { task } = slices[place]!;
    const before = Math.min(kept.get(task) ?? 0, docs.length);
    kept.set(task, (kept.get(task) ?? 0) - before);
    return { before, docs: docs.slice(before) };
  });
}

/** Plans name tasks as their files have them; how they are put to this model may make them another segment. */
function askedTask(context: AnsweringContext, tasks: ReadonlyMap<string, Task>, slice: PlanSlice): Task {
  const task = tasks.get(slice.task);
  if (task && context.tasks.get(slice.task)?.summary.hash === slice.taskHash) return task;
  throw new LibraError('LIBRA_EVALUATION_FAILED', `Task ${slice.task} is not what it was when this was planned.`, {
    hint: 'Its file or data changed while the daemon was down; bring the old ones back, or leave this checkpoint failed.',
  });
}
