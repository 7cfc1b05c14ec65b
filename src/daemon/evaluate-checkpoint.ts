/**
 * Runs the plan of one checkpoint: start an engine on the pinned files, ask slice by slice, keep every batch of answers as it comes,
 * score at the end. After a crash it goes on behind the last batch that was kept.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Checkpoint } from '../domain/checkpoint.ts';
import { LibraError } from '../domain/errors.ts';
import type { Job } from '../domain/job.ts';
import type { Task } from '../evaluation/task.ts';
import { type ServedModel, serveCheckpoint } from '../inference/serve-checkpoint.ts';
import type { RunModel } from '../store/run-models.ts';
import { findBaseModel } from '../system/base-model.ts';
import { answerPlan, type PlanAnswered } from './answer-plan.ts';
import { promptTasks } from './choose-prompting.ts';
import type { DaemonContext } from './context.ts';
import { keepScores } from './keep-scores.ts';
import { learnRunModel } from './learn-run-model.ts';
import { evaluationId, renewPlan } from './plan-checkpoint.ts';
import { runSettingsOf } from './run-settings.ts';

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
  const plan = renewPlan(context, checkpoint);
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
  const names = new Set(plan.slices.map(({ task }) => task));
  if (failure && (failures.size === names.size || !isLastTry(failure))) throw failure;
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
