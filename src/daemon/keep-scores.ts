/** What an evaluation learned, scored and kept; then the checkpoint waits for its verdict. */
import type { Checkpoint } from '../domain/checkpoint.ts';
import type { EngineFigures } from '../domain/engine-figures.ts';
import type { LibraError } from '../domain/errors.ts';
import type { Job } from '../domain/job.ts';
import { coverageOf, docsOfAll, type Plan } from '../domain/plan.ts';
import type { Sample } from '../domain/sample.ts';
import { provenanceOf } from '../evaluation/results/provenance.ts';
import { measureCheckpoint } from '../evaluation/scoring/aggregate.ts';
import type { UnmeasuredTask } from '../evaluation/scoring/roll-up.ts';
import type { Task } from '../evaluation/task.ts';
import { VERSION } from '../system/version.ts';
import type { DaemonContext } from './context.ts';
import { judgeKey } from './job-keys.ts';
import type { JudgingContext } from './judge-checkpoint.ts';
import { takeable } from './passed-over.ts';
import { planBridge } from './plan-bridge.ts';
import { evaluationId } from './plan-checkpoint.ts';
import { queueNoteOf } from './queue-note.ts';
import { tellRecovered } from './tell-trouble.ts';
import { askWhere, learnWhere } from './tell-where-it-fell.ts';

export interface Finished {
  readonly job: Job;
  readonly checkpoint: Checkpoint;
  readonly plan: Plan;
  /** As they were put to this model, by name. */
  readonly tasks: ReadonlyMap<string, Task>;
  /** Tasks that could not be asked. */
  readonly failures: ReadonlyMap<string, LibraError>;
  readonly engines: ReadonlyMap<string, EngineFigures>;
  readonly seconds: number;
}

/** Scores, state and the end of the job are one transaction: after it nothing is asked again, before it nothing is lost. */
export function keepScores(
  context: JudgingContext,
  { job, checkpoint, plan, tasks, failures, engines, seconds }: Finished,
): void {
  const { store, bus } = context;
  const { measured, provenance, docs } = measureAnswered(context, { checkpoint, plan, tasks, failures, engines });
  bus.transact(() => {
    store.scores.put(checkpoint.id, measured);
    store.provenance.put(checkpoint.id, provenance);
    store.evaluations.finish(evaluationId(plan), seconds);
    const isLate = isHistory(context, checkpoint, job);
    if (!isLate) planBridge(context, checkpoint);
    store.checkpoints.transition(checkpoint.id, 'evaluated');
    store.jobs.complete(job.id);
    if (isLate) {
      learnWhere(context, store.checkpoints.require(checkpoint.id));
      askWhere(context, checkpoint.run, null);
      judgeAgain(context, checkpoint.run);
    } else {
      store.jobs.enqueue({ kind: 'judge', key: judgeKey(checkpoint.id), run: checkpoint.run, step: checkpoint.step });
    }
    tellRecovered(context, store.checkpoints.require(checkpoint.id), 'evaluation-failing');
    bus.emit('evaluation.finished', {
      run: checkpoint.run,
      checkpoint: checkpoint.id,
      step: checkpoint.step,
      seconds,
      docs,
      ...(failures.size > 0 && {
        failed: Object.fromEntries([...failures].map(([task, error]) => [task, error.message])),
      }),
      capabilities: Object.fromEntries(measured.capabilities.map((each) => [each.capability, each.value])),
    });
  });
}

/** It was passed over, and a later one was evaluated meanwhile: a verdict on it would be one on the past. */
function isHistory({ store }: JudgingContext, { run, step }: Checkpoint, job: Job): boolean {
  if (!queueNoteOf(store, job).isLate) return false;
  return (store.checkpoints.newestEvaluated(run)?.step ?? 0) > step;
}

/** The last one that was passed over is history now: the newest is judged once more, against all of it. */
function judgeAgain({ store }: JudgingContext, run: string): void {
  const isWaiting = store.jobs.unfinished().some((job) => job.run === run && job.kind === 'evaluate');
  if (isWaiting || takeable(store, run).length > 0) return;
  const newest = store.checkpoints.newestEvaluated(run);
  if (newest !== null) store.jobs.reopen(judgeKey(newest.id));
}

/** All that is answered by now, scored: what earlier attempts and earlier slices asked is scored with it. */
export function measureAnswered(
  { store }: Pick<DaemonContext, 'store'>,
  { checkpoint, plan, tasks, failures, engines }: Omit<Finished, 'job' | 'seconds'>,
) {
  const evaluation = evaluationId(plan);
  const answered = plan.slices.filter((slice) => !failures.has(slice.task));
  const names = [...new Set(answered.map(({ task }) => task))];
  const slices = names.map((name) => ({
    task: tasks.get(name)!,
    ...coverageOf(answered.filter(({ task }) => task === name)),
    samples: store.answers.ofEvaluation(evaluation, name) as readonly Sample[],
    engine: engines.get(name),
  }));
  const measured = measureCheckpoint(slices, unmeasuredTasks(tasks, plan, failures));
  const on = {
    fingerprint: checkpoint.fingerprint ?? '',
    model: store.evaluations.get(evaluation)!.engine!,
    libraVersion: VERSION,
  };
  return { measured, provenance: slices.map((slice) => provenanceOf(slice, on)), docs: docsOfAll(answered) };
}

/** Tasks that failed, and tasks that are there but not in the plan: a node that lacks one must not pass for the whole of it. */
function unmeasuredTasks(
  tasks: ReadonlyMap<string, Task>,
  plan: Plan,
  failures: ReadonlyMap<string, LibraError>,
): UnmeasuredTask[] {
  const planned = new Set(plan.slices.map(({ task }) => task));
  return [...tasks.values()].flatMap((task): UnmeasuredTask[] => {
    const failure = failures.get(task.summary.name);
    if (failure !== undefined) return [{ task, reason: `it could not be asked: ${failure.message}` }];
    return planned.has(task.summary.name) ? [] : [{ task, reason: 'it was not planned for this checkpoint' }];
  });
}
