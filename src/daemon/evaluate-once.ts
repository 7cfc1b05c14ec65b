/** One evaluation of one checkpoint, without a daemon: load the tasks, start an engine, ask, score, write the results. */
import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { createFileProofs } from '../checkpoint/file-proofs.ts';
import { fingerprintOf } from '../checkpoint/fingerprint.ts';
import { inspectCheckpoint } from '../checkpoint/inspect.ts';
import { recogniseModelType } from '../checkpoint/model-type.ts';
import { LibraError, messageOf } from '../domain/errors.ts';
import type { ModelType, RecognisedModelType } from '../domain/model-type.ts';
import type { Provenance } from '../domain/provenance.ts';
import type { DataSources } from '../evaluation/data/sources/data-sources.ts';
import { type NotPerturbed, type PerturbOptions, perturbTasks } from '../evaluation/perturbing/perturb-tasks.ts';
import { provenanceOf } from '../evaluation/results/provenance.ts';
import { type EvaluationFacts, writeResults } from '../evaluation/results/results.ts';
import { type CheckpointMeasurement, measureCheckpoint } from '../evaluation/scoring/aggregate.ts';
import type { Task } from '../evaluation/task.ts';
import { namesToEvaluate, STARTER_IS_EVALUATED } from '../evaluation/tasks/library.ts';
import type { TaskProblem } from '../evaluation/tasks/task-index.ts';
import { loadTasks } from '../evaluation/tasks/task-loader.ts';
import type { StartedEngine } from '../inference/engine.ts';
import { type EngineSettings, type ServeProgress, serveCheckpoint } from '../inference/serve-checkpoint.ts';
import { openStore, type Store } from '../store/open-store.ts';
import type { Clock } from '../system/clock.ts';
import type { Log } from '../system/log.ts';
import { answerTasks, type OnTaskProgress, type TasksAnswered, type WorkDone } from './answer-tasks.ts';
import { AUTOMATIC_PROMPTING, type PromptedTasks, type PromptingWishes, promptTasks } from './choose-prompting.ts';
import { openEngines } from './open-engines.ts';
import { type CodeExecution, openExecutor } from './open-executor.ts';
import { openResponseCache } from './open-response-cache.ts';
import { droppedIn, warnOfCuts, warnOfDropped, warnOfLongAnswers } from './warn-of-cuts.ts';

/** What kept answers may take in a cache of `libra evaluate`: some hundred checkpoints of a small suite. */
const CACHE_BYTES = 512e6;

export interface EvaluateOnceOptions {
  readonly checkpoint: string;
  readonly includePaths: readonly string[];
  /** Names of tasks, groups, tags or patterns; all found when left out. */
  readonly only?: readonly string[] | undefined;
  /** Where data sets are looked for beside the include paths. */
  readonly sources?: DataSources | undefined;
  /** Docs of each task; all when left out. */
  readonly limit?: number | undefined;
  readonly numFewshot?: number | undefined;
  /** Perturbations that the docs are asked under too; none when left out. */
  readonly perturb?: PerturbOptions | undefined;
  /** As the kind of the model has it when left out. */
  readonly prompting?: PromptingWishes | undefined;
  /** The user's word on what kind of model it is; its files tell when left out. */
  readonly modelType?: ModelType | undefined;
  /** Where results.json and the samples go; nowhere when left out. */
  readonly output?: string | undefined;
  /** Directory of a database of ours in which answers are kept and found again; none when left out. */
  readonly cache?: string | undefined;
  readonly engine: EngineSettings;
  /** Whether tasks that run generated code may do it, in a sandbox; they may when left out. */
  readonly codeExecution?: CodeExecution | undefined;
  /** Base of an adapter; by default the one it names. */
  readonly baseModel?: string | undefined;
  /** Those that can be started; all of them with their defaults when left out. */
  readonly engines?: readonly StartedEngine[] | undefined;
  /** A directory of ours for the engine. */
  readonly workDirectory: string;
  readonly libraVersion: string;
  readonly log: Log;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
  readonly onServe?: ((progress: ServeProgress) => void) | undefined;
  readonly onProgress?: OnTaskProgress | undefined;
}

export interface OnceEvaluated {
  readonly measured: CheckpointMeasurement;
  readonly tasks: readonly Task[];
  /** Of each task's scores, in the order of the tasks. */
  readonly provenance: readonly Provenance[];
  /** Tasks that could not be loaded or asked, and why. */
  readonly problems: readonly TaskProblem[];
  /** Perturbations that do not fit a task. */
  readonly notPerturbed: readonly NotPerturbed[];
  readonly facts: EvaluationFacts;
  readonly work: WorkDone;
  /** Why this engine. */
  readonly engineReason: string;
  readonly modelType: RecognisedModelType;
  /** How it is asked because of that; null where it is asked in plain text. */
  readonly promptingNote: string | null;
  readonly files: readonly string[];
}

/**
 * @throws LibraError: of the first task problem when no task is left, of the engine, LIBRA_CHECKPOINT_INVALID
 */
export async function evaluateOnce(options: EvaluateOnceOptions): Promise<OnceEvaluated> {
  const { clock, log, signal } = options;
  const checkpoint = resolve(options.checkpoint);
  const only = namesToEvaluate(options.includePaths, options.only);
  if (only !== options.only) log.warn(STARTER_IS_EVALUATED);
  const loaded = await loadTasks({ ...options, only });
  const {
    execute,
    tasks: runnable,
    problems: leftOut,
  } = await openExecutor(loaded.tasks, options.codeExecution ?? 'sandbox');
  const problems = [...loaded.problems, ...leftOut];
  if (runnable.length === 0) throw problems[0]?.error ?? noTasks(options.includePaths);
  for (const { summary, dataset } of runnable) {
    for (const note of dataset.notes) log.warn(`task ${summary.name}: ${note}`);
  }
  const modelType = await recogniseModelType(checkpoint, { type: options.modelType ?? null });
  const { tasks: asked, note } = await prompted(runnable, modelType, checkpoint, options);
  const { tasks, notPerturbed } = options.perturb
    ? await perturbTasks(asked, options.perturb)
    : { tasks: asked, notPerturbed: [] };
  const { format, fingerprint } = await identify(checkpoint);
  const startedAt = clock.now();
  const from = clock.monotonic();
  const served = await serveCheckpoint({
    checkpoint: { id: basename(checkpoint), path: checkpoint, fingerprint, baseModel: options.baseModel ?? null },
    engine: options.engine,
    engines: options.engines ?? openEngines(),
    workDirectory: options.workDirectory,
    log,
    clock,
    ...(signal === undefined ? {} : { signal }),
    needs: [...new Set(tasks.map((task) => requestType(task)))],
    ...(options.onServe === undefined ? {} : { onProgress: options.onServe }),
  });
  const store = options.cache === undefined ? null : openCache(options.cache, clock, log);
  let answered: TasksAnswered;
  try {
    const cached = { directory: checkpoint, format, fingerprint };
    const cache = store && (await openResponseCache(store, cached, served.model.description, log));
    if (store && cache === null) log.warn('answers are not reused: weights or engine are not known for certain');
    for (const task of tasks) warnOfLongAnswers(log, task, served.model.description.maxLength);
    answered = await answerTasks(tasks, cache, served, { ...options, execute });
    store?.responses.keepWithin(CACHE_BYTES);
    for (const { task, samples } of answered.slices) {
      const cut = samples.filter(({ isCut }) => isCut).length;
      warnOfDropped(log, task, droppedIn(samples));
      warnOfCuts(log, task, { cut, of: samples.length }, served.model.description.maxLength);
    }
  } finally {
    store?.close();
    await served.stop();
  }
  const { slices, failures } = answered;
  if (slices.length === 0) throw failures[0]!.error;
  const facts: EvaluationFacts = {
    checkpoint,
    fingerprint,
    model: served.model.description,
    limit: options.limit ?? null,
    startedAt,
    seconds: (clock.monotonic() - from) / 1000,
    libraVersion: options.libraVersion,
  };
  const unmeasured = failures.flatMap(({ task: name, error }) => {
    const task = tasks.find(({ summary }) => summary.name === name);
    return task === undefined ? [] : [{ task, reason: `it could not be asked: ${error.message}` }];
  });
  const measured = measureCheckpoint(slices, unmeasured);
  const files =
    options.output === undefined
      ? []
      : await writeResults(resolve(options.output), slices, facts, loaded.groups, measured.scores);
  return {
    measured,
    provenance: slices.map((slice) => provenanceOf(slice, facts)),
    tasks: slices.map(({ task }) => task),
    problems: [...problems, ...failures],
    notPerturbed,
    facts,
    work: answered.work,
    engineReason: served.reason,
    modelType,
    promptingNote: note,
    files,
  };
}

/** @throws LIBRA_CHECKPOINT_INVALID for a model that writes no text */
function prompted(
  tasks: readonly Task[],
  model: RecognisedModelType,
  checkpoint: string,
  { prompting, baseModel }: EvaluateOnceOptions,
): Promise<PromptedTasks> {
  if (model.type === 'reward' || model.type === 'embedding') {
    throw new LibraError(
      'LIBRA_CHECKPOINT_INVALID',
      `${checkpoint} is a model of the kind ${model.type} (${model.evidence[0]}), which writes no text.`,
      { hint: 'If it does, say what it is with --model-type base or chat.' },
    );
  }
  const directories = [checkpoint, ...(baseModel === undefined ? [] : [resolve(baseModel)])];
  return promptTasks(tasks, prompting ?? AUTOMATIC_PROMPTING, model, directories);
}

/** A cache that can't be used must not keep anyone from evaluating, unless the place itself was a mistake. */
function openCache(directory: string, clock: Clock, log: Log): Store | null {
  try {
    return openStore({ directory: resolve(directory), now: clock.now });
  } catch (error) {
    if (!(error instanceof LibraError) || error.code !== 'LIBRA_DATABASE_BROKEN') throw error;
    log.warn(`kept answers are left alone: ${error.message}`);
    return null;
  }
}

function requestType(task: Task) {
  const { outputType } = task.settings;
  return outputType === 'multiple_choice' ? 'loglikelihood' : outputType;
}

/** The files that make it what it is; what else lies there is no part of its identity. */
async function identify(checkpoint: string): Promise<{ readonly format: string; readonly fingerprint: string }> {
  try {
    const { format, identity } = await inspectCheckpoint(checkpoint, 0, createFileProofs(checkpoint));
    const names = identity.length > 0 ? identity : await readdir(checkpoint);
    return { format, fingerprint: await fingerprintOf(checkpoint, names) };
  } catch (error) {
    throw new LibraError(
      'LIBRA_CHECKPOINT_INVALID',
      `${checkpoint} can't be read as a checkpoint: ${messageOf(error)}.`,
      {
        hint: 'Give a directory with config.json, the weights (safetensors) and tokenizer.json.',
        cause: error,
      },
    );
  }
}

function noTasks(includePaths: readonly string[]): LibraError {
  const where = includePaths.length === 0 ? '' : ` below ${includePaths.map((path) => join(path)).join(', ')}`;
  return new LibraError('LIBRA_USAGE', `There are no tasks to evaluate${where}.`, {
    hint: 'Name a directory of task YAML with --include-path, and tasks in it with --tasks.',
  });
}
