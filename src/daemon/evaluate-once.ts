/** One evaluation of one checkpoint, without a daemon: load the tasks, start an engine, ask, score, write the results. */
import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { createFileProofs } from '../checkpoint/file-proofs.ts';
import { fingerprintOf } from '../checkpoint/fingerprint.ts';
import { inspectCheckpoint } from '../checkpoint/inspect.ts';
import { LibraError, messageOf } from '../domain/errors.ts';
import type { Sample } from '../domain/sample.ts';
import { type AnsweredSlice, type CheckpointMeasurement, measureCheckpoint } from '../evaluation/aggregate.ts';
import { evaluateTask } from '../evaluation/evaluate.ts';
import { type EvaluationFacts, writeResults } from '../evaluation/results.ts';
import type { Task } from '../evaluation/task.ts';
import type { TaskProblem } from '../evaluation/task-index.ts';
import { loadTasks } from '../evaluation/task-loader.ts';
import {
  type EngineSettings,
  type ServedModel,
  type ServeProgress,
  serveCheckpoint,
} from '../inference/serve-checkpoint.ts';
import type { Clock } from '../system/clock.ts';
import type { Log } from '../system/log.ts';
import { warnOfCuts } from './warn-of-cuts.ts';

export interface EvaluateOnceOptions {
  readonly checkpoint: string;
  readonly includePaths: readonly string[];
  /** Names of tasks, groups, tags or patterns; all found when left out. */
  readonly only?: readonly string[] | undefined;
  /** Docs of each task; all when left out. */
  readonly limit?: number | undefined;
  readonly numFewshot?: number | undefined;
  /** Where results.json and the samples go; nowhere when left out. */
  readonly output?: string | undefined;
  readonly engine: EngineSettings;
  /** A directory of ours for the engine. */
  readonly workDirectory: string;
  readonly libraVersion: string;
  readonly log: Log;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
  readonly onServe?: ((progress: ServeProgress) => void) | undefined;
  readonly onProgress?: ((task: string, done: number, of: number) => void) | undefined;
}

export interface OnceEvaluated {
  readonly measured: CheckpointMeasurement;
  readonly tasks: readonly Task[];
  /** Tasks that could not be loaded, and why. */
  readonly problems: readonly TaskProblem[];
  readonly facts: EvaluationFacts;
  /** Why this engine. */
  readonly engineReason: string;
  readonly files: readonly string[];
}

/**
 * @throws LibraError: of the first task problem when no task is left, of the engine, LIBRA_CHECKPOINT_INVALID
 */
export async function evaluateOnce(options: EvaluateOnceOptions): Promise<OnceEvaluated> {
  const { clock, log, signal, onProgress } = options;
  const checkpoint = resolve(options.checkpoint);
  const { tasks, problems } = await loadTasks(options);
  if (tasks.length === 0) throw problems[0]?.error ?? noTasks(options.includePaths);
  const fingerprint = await identify(checkpoint);
  const startedAt = clock.now();
  const from = clock.monotonic();
  const served = await serveCheckpoint({
    checkpoint: { id: basename(checkpoint), path: checkpoint, fingerprint },
    engine: options.engine,
    workDirectory: options.workDirectory,
    log,
    clock,
    ...(signal === undefined ? {} : { signal }),
    needs: [...new Set(tasks.map((task) => requestType(task)))],
    ...(options.onServe === undefined ? {} : { onProgress: options.onServe }),
  });
  const slices: AnsweredSlice[] = [];
  try {
    for (const task of tasks) {
      const slice = await answerTask(task, options.limit, served, signal, onProgress);
      warnOfCuts(log, task, slice.samples, served.model.description.maxLength);
      slices.push(slice);
    }
  } finally {
    await served.stop();
  }
  const facts: EvaluationFacts = {
    checkpoint,
    fingerprint,
    model: served.model.description,
    limit: options.limit ?? null,
    startedAt,
    seconds: (clock.monotonic() - from) / 1000,
    libraVersion: options.libraVersion,
  };
  const files = options.output === undefined ? [] : await writeResults(resolve(options.output), slices, facts);
  return { measured: measureCheckpoint(slices), tasks, problems, facts, engineReason: served.reason, files };
}

async function answerTask(
  task: Task,
  limit: number | undefined,
  served: ServedModel,
  signal: AbortSignal | undefined,
  onProgress: EvaluateOnceOptions['onProgress'],
): Promise<AnsweredSlice> {
  const docs = Math.min(limit ?? task.docs.length, task.docs.length);
  const samples: Sample[] = [];
  const lost = served.onFailure.then((error) => Promise.reject(error));
  lost.catch(() => {});
  const batches = evaluateTask({ task, docs, model: served.model, signal });
  onProgress?.(task.summary.name, 0, docs);
  for (;;) {
    const next = await Promise.race([batches.next(), lost]);
    if (next.done) return { task, docs, samples };
    samples.push(...next.value);
    onProgress?.(task.summary.name, samples.length, docs);
  }
}

function requestType(task: Task) {
  const { outputType } = task.settings;
  return outputType === 'multiple_choice' ? 'loglikelihood' : outputType;
}

/** The files that make it what it is; what else lies there is no part of its identity. */
async function identify(checkpoint: string): Promise<string> {
  try {
    const { identity } = await inspectCheckpoint(checkpoint, 0, createFileProofs(checkpoint));
    const names = identity.length > 0 ? identity : await readdir(checkpoint);
    return await fingerprintOf(checkpoint, names);
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
