/** One checkpoint put to an engine and asked what its plan says: started on the pinned files, asked, stopped. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Checkpoint } from '../domain/checkpoint.ts';
import { LibraError } from '../domain/errors.ts';
import type { Plan } from '../domain/plan.ts';
import type { Task } from '../evaluation/task.ts';
import { type ServedModel, serveCheckpoint } from '../inference/serve-checkpoint.ts';
import type { RunModel } from '../store/run-models.ts';
import { findBaseModel } from '../system/base-model.ts';
import { answerPlan, type PlanAnswered } from './answer-plan.ts';
import { promptTasks } from './choose-prompting.ts';
import type { DaemonContext } from './context.ts';
import { keepOneEngine } from './keep-one-engine.ts';
import { learnRunModel } from './learn-run-model.ts';
import { evaluationId } from './plan-checkpoint.ts';
import { runSettingsOf } from './run-settings.ts';

export interface AskedCheckpoint extends PlanAnswered {
  readonly plan: Plan;
  /** As they were put to this model, by name. */
  readonly tasks: ReadonlyMap<string, Task>;
}

export interface Unaskable {
  /** Why there is nothing to ask it, as a clause. */
  readonly unaskable: string;
}

/**
 * Asks what earlier attempts left of the plan.
 * @param planOf asked for once the kind of model is known
 * @throws LibraError of the engine family when the engine cannot do it, LIBRA_CHECKPOINT_VANISHED when its files are gone
 */
export async function askCheckpoint(
  context: DaemonContext,
  checkpoint: Checkpoint,
  planOf: () => Plan,
  signal: AbortSignal,
): Promise<AskedCheckpoint | Unaskable> {
  const { store } = context;
  const about = { run: checkpoint.run, checkpoint: checkpoint.id, step: checkpoint.step };
  const directory = directoryOf(context, checkpoint);
  const runModel = await learnRunModel(context, store.runs.require(checkpoint.run), directory);
  const { type } = runModel;
  if (type === 'reward' || type === 'embedding')
    return { unaskable: `a ${type} model writes no text, so there is nothing to ask it` };
  const plan = planOf();
  const evaluation = evaluationId(plan);
  const tasks = await askedTasks(context, runModel, directory);
  const served = await serveStored(context, checkpoint, directory, signal);
  try {
    const kept = keepOneEngine(context, checkpoint, evaluation, served.model.description);
    if (kept !== null) return { unaskable: kept };
    store.evaluations.start(evaluation, served.model.description);
    const answered = await answerPlan(context, { about, checkpoint, plan, evaluation, tasks, served, signal });
    return { ...answered, plan, tasks };
  } finally {
    await served.stop();
  }
}

/** Where its files are: pinned or in place. @throws LIBRA_CHECKPOINT_VANISHED */
export function directoryOf({ store }: DaemonContext, checkpoint: Checkpoint): string {
  const path = store.pins.ofCheckpoint(checkpoint.id)?.directory ?? checkpoint.path;
  if (existsSync(path)) return path;
  throw new LibraError('LIBRA_CHECKPOINT_VANISHED', `${path} was deleted before it could be evaluated.`, {
    hint: 'Let the trainer keep more checkpoints, or let Libra pin them (see `libra doctor`).',
  });
}

/** Starts an engine on files of the checkpoint. */
export async function serveStored(
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
export async function askedTasks(
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
