/**
 * Runs the plan of one checkpoint: start an engine on the pinned files, ask slice by slice, keep every batch of answers as it comes,
 * score at the end. After a crash it goes on behind the last batch that was kept.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Checkpoint } from '../domain/checkpoint.ts';
import type { EngineFigures } from '../domain/engine-figures.ts';
import { LibraError } from '../domain/errors.ts';
import type { Job } from '../domain/job.ts';
import type { Plan, PlanSlice } from '../domain/plan.ts';
import { evaluatePlan } from '../evaluation/asking/evaluate.ts';
import type { Task } from '../evaluation/task.ts';
import { type ServedModel, serveCheckpoint } from '../inference/serve-checkpoint.ts';
import type { RunModel } from '../store/run-models.ts';
import { findBaseModel } from '../system/base-model.ts';
import { promptTasks } from './choose-prompting.ts';
import type { DaemonContext } from './context.ts';
import { keepScores } from './keep-scores.ts';
import { learnRunModel } from './learn-run-model.ts';
import { meterTasks } from './meter-tasks.ts';
import { openResponseCache } from './open-response-cache.ts';
import { evaluationId } from './plan-checkpoint.ts';
import { runSettingsOf } from './run-settings.ts';
import { droppedIn, warnOfCuts, warnOfDropped, warnOfLongAnswers } from './warn-of-cuts.ts';
import { whileServed } from './while-served.ts';

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
  const plan = store.plans.ofCheckpoint(id).at(-1)!;
  const evaluation = evaluationId(plan);
  const about = { run: checkpoint.run, checkpoint: id, step: checkpoint.step };
  const startedAt = clock.monotonic();
  bus.transact(() => {
    store.checkpoints.transition(id, 'evaluating');
    bus.emit('evaluation.started', { ...about, plan: plan.id });
  });
  const run = store.runs.require(checkpoint.run);
  const directory = directoryOf(context, checkpoint);
  const runModel = await learnRunModel(context, run, directory);
  const { type } = runModel;
  if (type === 'reward' || type === 'embedding') {
    skipUnaskable(
      context,
      job,
      checkpoint,
      evaluation,
      `a ${type} model writes no text, so there is nothing to ask it`,
    );
    return;
  }
  const tasks = await askedTasks(context, runModel, directory);
  const served = await serve(context, checkpoint, directory, signal);
  let answered: PlanAnswered;
  try {
    store.evaluations.start(evaluation, served.model.description);
    answered = await answerPlan(context, { about, checkpoint, plan, evaluation, tasks, served, signal });
  } finally {
    await served.stop();
  }
  const { failures, engines } = answered;
  const [failure] = failures.values();
  // The others are kept: the next attempt asks what failed and nothing else, and after the last one they are scored without it.
  if (failure && (failures.size === plan.slices.length || !isLastTry(failure))) throw failure;
  const seconds = (clock.monotonic() - startedAt) / 1000;
  keepScores(context, { job, checkpoint, plan, tasks, failures, engines, seconds });
}

/** @throws LIBRA_CHECKPOINT_VANISHED */
function directoryOf({ store }: DaemonContext, checkpoint: Checkpoint): string {
  const path = store.pins.ofCheckpoint(checkpoint.id)?.directory ?? checkpoint.path;
  if (existsSync(path)) return path;
  throw new LibraError('LIBRA_CHECKPOINT_VANISHED', `${path} was deleted before it could be evaluated.`, {
    hint: 'Let the trainer keep more checkpoints, or let Libra pin them (see `libra doctor`).',
  });
}

function skipUnaskable(
  { store, bus }: DaemonContext,
  job: Job,
  { id, run, step }: Checkpoint,
  evaluation: string,
  reason: string,
): void {
  bus.transact(() => {
    store.evaluations.fail(evaluation, reason);
    store.checkpoints.transition(id, 'skipped', reason);
    store.jobs.complete(job.id);
    bus.emit('checkpoint.skipped', { run, checkpoint: id, step, reason });
  });
}

async function serve(
  context: DaemonContext,
  checkpoint: Checkpoint,
  path: string,
  signal: AbortSignal,
): Promise<ServedModel> {
  const { store, engine, engines, engineRegistry, log, clock, workDirectory } = context;
  const run = store.runs.require(checkpoint.run);
  return serveCheckpoint({
    checkpoint: {
      id: checkpoint.id,
      path,
      fingerprint: checkpoint.fingerprint ?? '',
      aliases: [checkpoint.path],
      baseModel: runSettingsOf(context.config, run.path)?.base ?? null,
    },
    engine,
    engines,
    workDirectory: join(workDirectory, checkpoint.id),
    registry: engineRegistry,
    log,
    clock,
    signal,
  });
}

interface Answering {
  readonly about: { readonly run: string; readonly checkpoint: string; readonly step: number };
  readonly checkpoint: Checkpoint;
  readonly plan: Plan;
  readonly evaluation: string;
  /** As they are put to this model, by name. */
  readonly tasks: ReadonlyMap<string, Task>;
  readonly served: ServedModel;
  readonly signal: AbortSignal;
}

/** Both by task. */
interface PlanAnswered {
  /** Why it failed. */
  readonly failures: ReadonlyMap<string, LibraError>;
  /** What the engine took for it, in this attempt. */
  readonly engines: ReadonlyMap<string, EngineFigures>;
}

/** Asks what earlier attempts left and keeps every batch as it comes. */
async function answerPlan(context: DaemonContext, answering: Answering): Promise<PlanAnswered> {
  const { config, store, bus, log } = context;
  const { about, checkpoint, plan, evaluation, tasks, served, signal } = answering;
  const taskOf = (slice: PlanSlice): Task => askedTask(context, tasks, slice);
  const before = store.answers.progress(evaluation);
  const total = plan.slices.reduce((sum, slice) => sum + slice.docs, 0);
  let done = 0;
  const tell = (slice: PlanSlice, docs: number) => {
    if (docs === 0) return;
    done += docs;
    bus.pass('evaluation.progress', { ...about, task: slice.task, done, total });
  };
  for (const slice of plan.slices) tell(slice, before.get(slice.task) ?? 0);
  const { model } = served;
  const room = config.retention.responses;
  const directory = store.pins.ofCheckpoint(checkpoint.id)?.directory ?? checkpoint.path;
  const { format, fingerprint } = checkpoint;
  const cached = { directory, format, fingerprint: fingerprint ?? '' };
  const batches = evaluatePlan({
    plan: plan.slices.map((slice) => ({
      task: taskOf(slice),
      docs: slice.docs,
      startAt: before.get(slice.task) ?? 0,
    })),
    model,
    execute: context.execute,
    cache: room === 0 ? null : await openResponseCache(store, cached, model.description, log),
    signal,
  });
  const failures = new Map<string, LibraError>();
  let reused = 0;
  const cuts = plan.slices.map(() => ({ cut: 0, of: 0, dropped: 0 }));
  const engines = new Map<string, EngineFigures>();
  const metered = meterTasks(batches, served, (place, figures) => engines.set(plan.slices[place]!.task, figures));
  for await (const { place, samples, error, counts } of whileServed(metered, served)) {
    const slice = plan.slices[place]!;
    if (error !== null) {
      log.warn(`${slice.task} can't be asked of ${checkpoint.id}: ${error.message}`);
      failures.set(slice.task, error);
    }
    store.answers.append(evaluation, slice.task, samples);
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

/** Plans name tasks as their files have them; how they are put to this model may make them another segment. */
function askedTask(context: DaemonContext, tasks: ReadonlyMap<string, Task>, slice: PlanSlice): Task {
  const task = tasks.get(slice.task);
  if (task && context.tasks.get(slice.task)?.summary.hash === slice.taskHash) return task;
  throw new LibraError('LIBRA_EVALUATION_FAILED', `Task ${slice.task} is not what it was when this was planned.`, {
    hint: 'Its file or data changed while the daemon was down; bring the old ones back, or leave this checkpoint failed.',
  });
}

/** The tasks as they are put to a model of this kind, by name. */
async function askedTasks(
  { config, tasks, log }: DaemonContext,
  model: RunModel,
  directory: string,
): Promise<ReadonlyMap<string, Task>> {
  const { apply_chat_template, fewshot_as_multiturn, system_instruction } = config.prompting;
  const wishes = {
    applyChatTemplate: apply_chat_template,
    fewshotAsMultiturn: fewshot_as_multiturn,
    systemInstruction: system_instruction,
  };
  const base = model.isAdapter && model.base !== null ? await findBaseModel(model.base, { near: directory }) : null;
  const directories = base === null ? [directory] : [directory, base];
  const prompted = await promptTasks([...tasks.values()], wishes, model, directories);
  if (prompted.note !== null) log.info(prompted.note);
  return new Map(prompted.tasks.map((task) => [task.summary.name, task]));
}
