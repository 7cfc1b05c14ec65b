/**
 * Runs the plan of one checkpoint: start an engine on the pinned files, ask slice by slice, keep every batch of answers as it comes,
 * score at the end. After a crash it goes on behind the last batch that was kept.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Checkpoint } from '../domain/checkpoint.ts';
import { LibraError } from '../domain/errors.ts';
import type { Job } from '../domain/job.ts';
import type { Plan, PlanSlice } from '../domain/plan.ts';
import type { Sample } from '../domain/sample.ts';
import { measureCheckpoint } from '../evaluation/aggregate.ts';
import { evaluateTask } from '../evaluation/evaluate.ts';
import type { Task } from '../evaluation/task.ts';
import { type ServedModel, serveCheckpoint } from '../inference/serve-checkpoint.ts';
import type { DaemonContext } from './context.ts';
import { judgeKey } from './judge-checkpoint.ts';
import { evaluationId } from './plan-checkpoint.ts';
import { tellRecovered } from './tell-trouble.ts';
import { warnOfCuts } from './warn-of-cuts.ts';

/**
 * @throws LibraError of the engine family when the engine cannot do it, LIBRA_CHECKPOINT_VANISHED when its files are gone
 */
export async function evaluateCheckpoint(
  context: DaemonContext,
  job: Job,
  id: string,
  signal: AbortSignal,
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
  const served = await serve(context, checkpoint, signal);
  try {
    store.evaluations.start(evaluation, served.model.description);
    const asked = plan.slices.reduce((sum, slice) => sum + slice.docs, 0);
    let done = 0;
    for (const slice of plan.slices) {
      for await (const count of answerSlice(context, evaluation, slice, served, signal)) {
        done += count;
        bus.pass('evaluation.progress', { ...about, task: slice.task, done, total: asked });
      }
    }
  } finally {
    await served.stop();
  }
  const seconds = (clock.monotonic() - startedAt) / 1000;
  keepScores(context, { job, checkpoint, plan, seconds });
}

async function serve(context: DaemonContext, checkpoint: Checkpoint, signal: AbortSignal): Promise<ServedModel> {
  const { store, engine, engineRegistry, log, clock, workDirectory } = context;
  const pin = store.pins.ofCheckpoint(checkpoint.id);
  const path = pin?.directory ?? checkpoint.path;
  if (!existsSync(path)) {
    throw new LibraError('LIBRA_CHECKPOINT_VANISHED', `${path} was deleted before it could be evaluated.`, {
      hint: 'Let the trainer keep more checkpoints, or let Libra pin them (see `libra doctor`).',
    });
  }
  return serveCheckpoint({
    checkpoint: {
      id: checkpoint.id,
      path,
      fingerprint: checkpoint.fingerprint ?? '',
      aliases: [checkpoint.path],
    },
    engine,
    workDirectory: join(workDirectory, checkpoint.id),
    registry: engineRegistry,
    log,
    clock,
    signal,
  });
}

/** Yields how many docs each batch answered, those of earlier attempts first. */
async function* answerSlice(
  { store, tasks, log }: DaemonContext,
  evaluation: string,
  slice: PlanSlice,
  served: ServedModel,
  signal: AbortSignal,
): AsyncGenerator<number> {
  const task = taskOf(tasks, slice);
  const answered = store.answers.progress(evaluation).get(slice.task) ?? 0;
  if (answered > 0) yield answered;
  if (answered >= slice.docs) return;
  const failure = served.onFailure.then((error) => Promise.reject(error));
  failure.catch(() => {});
  const batches = evaluateTask({ task, docs: slice.docs, model: served.model, startAt: answered, signal });
  const asked: Sample[] = [];
  for (;;) {
    const next = await Promise.race([batches.next(), failure]);
    if (next.done) return warnOfCuts(log, task, asked, served.model.description.maxLength);
    asked.push(...next.value);
    store.answers.append(evaluation, slice.task, next.value);
    yield next.value.length;
  }
}

function taskOf(tasks: ReadonlyMap<string, Task>, slice: PlanSlice): Task {
  const task = tasks.get(slice.task);
  if (task && task.summary.hash === slice.taskHash) return task;
  throw new LibraError('LIBRA_EVALUATION_FAILED', `Task ${slice.task} is not what it was when this was planned.`, {
    hint: 'Its file or data changed while the daemon was down; bring the old ones back, or leave this checkpoint failed.',
  });
}

interface Finished {
  readonly job: Job;
  readonly checkpoint: Checkpoint;
  readonly plan: Plan;
  readonly seconds: number;
}

/** Scores, state and the end of the job are one transaction: after it nothing is asked again, before it nothing is lost. */
function keepScores(context: DaemonContext, { job, checkpoint, plan, seconds }: Finished): void {
  const { store, bus, tasks, secondsPerDoc } = context;
  const evaluation = evaluationId(plan);
  const slices = plan.slices.map((slice) => ({
    task: tasks.get(slice.task)!,
    docs: slice.docs,
    samples: store.answers.ofEvaluation(evaluation, slice.task) as readonly Sample[],
  }));
  const measured = measureCheckpoint(slices);
  const docs = plan.slices.reduce((sum, slice) => sum + slice.docs, 0);
  for (const slice of plan.slices) secondsPerDoc.set(slice.task, seconds / docs);
  bus.transact(() => {
    store.scores.put(checkpoint.id, measured);
    store.evaluations.finish(evaluation, seconds);
    store.checkpoints.transition(checkpoint.id, 'evaluated');
    store.jobs.complete(job.id);
    store.jobs.enqueue({ kind: 'judge', key: judgeKey(checkpoint.id), run: checkpoint.run, step: checkpoint.step });
    tellRecovered(context, store.checkpoints.require(checkpoint.id), 'evaluation-failing');
    bus.emit('evaluation.finished', {
      run: checkpoint.run,
      checkpoint: checkpoint.id,
      step: checkpoint.step,
      seconds,
      docs,
      capabilities: Object.fromEntries(measured.capabilities.map((each) => [each.capability, each.value])),
    });
  });
}
