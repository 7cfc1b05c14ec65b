/** One checkpoint's imported evaluation: read into memory, then kept like one of our own in one transaction. */
import type { ModelDescription } from '../domain/language-model.ts';
import type { Plan } from '../domain/plan.ts';
import type { ImportTrouble } from '../evaluation/harness/recorded.ts';
import { type RankedTask, rollUp } from '../evaluation/scoring/roll-up.ts';
import type { StoredCheckpoint } from '../store/checkpoints.ts';
import { stableId } from '../system/hash.ts';
import type { LabelBook } from './imported-labels.ts';
import type { SegmentBook } from './imported-segments.ts';
import type { JudgingContext } from './judge-checkpoint.ts';
import { type MeasuredRecorded, measureRecorded } from './measure-recorded.ts';
import { evaluationId } from './plan-checkpoint.ts';
import type { RecordedCheckpoint } from './recorded-checkpoints.ts';

/** Format of a checkpoint of which nothing but an evaluation is known. */
export const FORMAT = 'lm-evaluation-harness';

export interface TakenCheckpoint {
  readonly recorded: RecordedCheckpoint;
  readonly tasks: readonly MeasuredRecorded[];
  /** Docs with samples. */
  readonly docs: number;
}

/** Null when nothing of it can be taken. */
export async function readImported(
  recorded: RecordedCheckpoint,
  labels: LabelBook,
  book: SegmentBook,
  troubles: ImportTrouble[],
): Promise<TakenCheckpoint | null> {
  const tasks: MeasuredRecorded[] = [];
  for (const task of recorded.tasks) {
    const measured = await measureRecorded(task, labels.of(task), book, troubles);
    if (measured !== null) tasks.push(measured);
  }
  if (tasks.length === 0) return null;
  return { recorded, tasks, docs: tasks.reduce((sum, { docs }) => sum + docs, 0) };
}

/** A checkpoint of that step that is there, watched or imported before, gets the evaluation; else it is made. */
export function keepImported(
  context: Pick<JudgingContext, 'store' | 'bus'>,
  run: string,
  taken: TakenCheckpoint,
  book: SegmentBook,
): StoredCheckpoint {
  const { store, bus } = context;
  const { recorded, tasks, docs } = taken;
  const { step, tokens, directory: path, signature } = recorded;
  return bus.transact(() => {
    const id = openCheckpoint(context, run, recorded);
    const capabilities = rollUp(
      tasks.flatMap(({ scores }) => scores),
      tasks.map(({ ranked }) => ranked),
      missingFrom(context, run, step, tasks),
    );
    store.scores.put(id, {
      scores: tasks.flatMap(({ scores }) => scores),
      outcomes: tasks.flatMap(({ outcomes }) => outcomes),
      capabilities,
    });
    store.provenance.put(
      id,
      tasks.map(({ provenance }) => provenance),
    );
    book.keep(store, run);
    const plan = planOf(id, signature, tasks);
    const evaluation = evaluationId(plan);
    store.plans.add(plan);
    store.evaluations.add({ id: evaluation, checkpoint: id, plan: plan.id });
    store.evaluations.start(evaluation, modelOf(tasks[0]!));
    for (const { provenance, samples } of tasks) store.answers.append(evaluation, provenance.task, samples);
    store.evaluations.finish(evaluation, 0);
    store.checkpoints.learn(id, { path, observed: signature, ...(tokens === null ? {} : { tokens }) });
    store.checkpoints.transition(id, 'evaluated');
    bus.emit('evaluation.finished', {
      run,
      checkpoint: id,
      step,
      tasks: tasks.length,
      docs,
      capabilities: Object.fromEntries(capabilities.map((node) => [node.capability, node.value])),
    });
    return store.checkpoints.require(id);
  });
}

/** In state `queued`, without scores of an earlier import. */
function openCheckpoint(
  { store, bus }: Pick<JudgingContext, 'store' | 'bus'>,
  run: string,
  { step, tokens, directory: path, signature }: RecordedCheckpoint,
): string {
  const known = store.checkpoints.atStep(run, step);
  const before =
    known.findLast(({ format }) => format === FORMAT) ?? known.findLast(({ state }) => state === 'evaluated');
  if (before) {
    if (before.format === FORMAT) store.scores.forget(before.id);
    if (before.state === 'evaluated') store.checkpoints.transition(before.id, 'queued');
    return before.id;
  }
  const { id } = store.checkpoints.add({ run, step, path, format: FORMAT, tokens, observed: signature });
  const about = { run, checkpoint: id, step, path };
  bus.emit('checkpoint.found', about);
  store.checkpoints.transition(id, 'complete');
  bus.emit('checkpoint.complete', about);
  store.checkpoints.transition(id, 'queued');
  return id;
}

/** Tasks that the checkpoint before had: a node that lacks one must not pass for the whole of it. */
function missingFrom(
  { store }: Pick<JudgingContext, 'store'>,
  run: string,
  step: number,
  tasks: readonly MeasuredRecorded[],
) {
  const before = store.checkpoints.ofRun(run).findLast((one) => one.step < step && one.state === 'evaluated');
  const here = new Set(tasks.map(({ provenance }) => provenance.task));
  return (before ? store.provenance.ofCheckpoint(before.id) : [])
    .filter(({ task }) => !here.has(task))
    .map(({ task, taskHash, capabilities, primaryMetric }) => ({
      task: {
        summary: { name: task, hash: taskHash, capabilities },
        measures: [{ id: primaryMetric, higherIsBetter: true, metric: { id: primaryMetric, unit: 'proportion' } }],
        attached: [],
      } satisfies RankedTask,
      reason: 'it is not among the results of this checkpoint',
    }));
}

function planOf(checkpoint: string, signature: string, tasks: readonly MeasuredRecorded[]): Plan {
  return {
    id: `plan-${stableId(checkpoint, 'import', signature)}`,
    checkpoint,
    strategy: 'import',
    slices: tasks.map(({ provenance: { task, taskHash, capabilities, file }, docs }) => ({
      task,
      taskHash,
      capabilities,
      from: 0,
      docs,
      chosen: null,
      reason: `Evaluated elsewhere; taken from ${file}.`,
      couldChange: 'The verdicts on this checkpoint, which was evaluated elsewhere.',
      expectedSeconds: null,
    })),
    leftOut: [],
  };
}

function modelOf({ provenance }: MeasuredRecorded): ModelDescription {
  const { engine, engineVersion, dtype, device } = provenance;
  return { engine, engineVersion, dtype, device, maxLength: null, isVerified: false, reason: 'evaluated elsewhere' };
}
