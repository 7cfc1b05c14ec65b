/** Asks a served model the docs of all tasks, in memory: for an evaluation that ends with its scores. */
import type { EngineFigures } from '../domain/engine-figures.ts';
import type { Sample } from '../domain/sample.ts';
import type { AskedCounts } from '../evaluation/asking/ask.ts';
import { evaluatePlan } from '../evaluation/asking/evaluate.ts';
import type { ResponseCache } from '../evaluation/asking/response-cache.ts';
import type { Execute } from '../evaluation/execution/executor.ts';
import type { AnsweredSlice } from '../evaluation/scoring/aggregate.ts';
import type { Task } from '../evaluation/task.ts';
import type { TaskProblem } from '../evaluation/tasks/task-index.ts';
import type { ServedModel } from '../inference/serve-checkpoint.ts';
import type { Clock } from '../system/clock.ts';
import { meterTasks } from './meter-tasks.ts';
import { whileServed } from './while-served.ts';

/** Nothing is kept between batches, so they are large: an engine shares more of them, and a task is one or a few. */
const BATCH_DOCS = 128;
const OPEN_DOCS = 384;

/** `all` counts the docs of all tasks. */
export type OnTaskProgress = (
  task: string,
  done: number,
  of: number,
  all: { readonly done: number; readonly of: number },
) => void;

export interface AnswerTasksOptions {
  readonly limit?: number | undefined;
  /** By task: indexes of its docs in the fixed order, instead of the first ones. */
  readonly chosen?: ReadonlyMap<string, readonly number[]> | undefined;
  /** Runs the programs in answers. */
  readonly execute?: Execute | null | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly clock: Clock;
  readonly onProgress?: OnTaskProgress | undefined;
}

/** What was done to answer everything. */
export interface WorkDone extends AskedCounts {
  readonly docs: number;
  /** From the first question to the last answer. */
  readonly seconds: number;
}

export interface TasksAnswered {
  readonly slices: readonly AnsweredSlice[];
  /** Tasks the engine could not be asked. */
  readonly failures: readonly TaskProblem[];
  readonly work: WorkDone;
}

/**
 * @param limit docs of each task, at most
 * @throws LibraError of the engine family when the engine is lost
 */
export async function answerTasks(
  tasks: readonly Task[],
  cache: ResponseCache | null,
  served: ServedModel,
  { limit, chosen, execute, signal, clock, onProgress = () => {} }: AnswerTasksOptions,
): Promise<TasksAnswered> {
  const from = clock.monotonic();
  const plan = tasks.map((task) => {
    const own = chosen?.get(task.summary.name);
    return { task, own, docs: own?.length ?? Math.min(limit ?? task.docs.length, task.docs.length) };
  });
  const total = plan.reduce((sum, { docs }) => sum + docs, 0);
  const samples: Sample[][] = plan.map(() => []);
  const failures = new Map<number, TaskProblem>();
  const sums = { docs: 0, asked: 0, reused: 0, repeated: 0, tokens: 0 };
  const report = (place: number) => {
    const { task, docs } = plan[place]!;
    const done = samples[place]!.length;
    onProgress(task.summary.name, done, docs, { done: sums.docs, of: total });
    if (done === docs && place + 1 < plan.length) report(place + 1);
  };
  report(0);
  const batches = evaluatePlan({
    plan: plan.map(({ task, own, docs }) => ({ task, docs: own ?? docs })),
    model: served.model,
    cache,
    execute,
    signal,
    batchDocs: BATCH_DOCS,
    openDocs: OPEN_DOCS,
  });
  const engines = new Map<number, EngineFigures>();
  const metered = meterTasks(batches, served, (place, figures) => engines.set(place, figures));
  for await (const { place, samples: answered, error, counts } of whileServed(metered, served)) {
    const { task, docs } = plan[place]!;
    if (error !== null) failures.set(place, { task: task.summary.name, file: task.path, error });
    samples[place]!.push(...answered);
    // A task that failed is behind us as a whole.
    sums.docs += error === null ? answered.length : docs - samples[place]!.length;
    for (const part of ['asked', 'reused', 'repeated', 'tokens'] as const) sums[part] += counts[part];
    report(place);
  }
  const slices = plan.flatMap((one, place) =>
    failures.has(place)
      ? []
      : [{ task: one.task, docs: one.docs, samples: samples[place]!, engine: engines.get(place) }],
  );
  return { slices, failures: [...failures.values()], work: { ...sums, seconds: (clock.monotonic() - from) / 1000 } };
}
