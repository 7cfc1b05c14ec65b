/** A doc that was right and is wrong now, with its texts, from the answers that were kept. */
import type { Alert, FlippedExample } from '../domain/alert.ts';
import type { FlippedDoc } from '../domain/trend.ts';
import { answerText, expectedText, questionText } from '../evaluation/asking/describe-doc.ts';
import { describeImportedFlip } from './describe-imported-flip.ts';
import type { JudgingContext } from './judge-checkpoint.ts';

/** Null when the task or one of the answers is not there any more. */
export function describeFlip(
  { store, tasks }: Pick<JudgingContext, 'store' | 'tasks'>,
  flipped: FlippedDoc,
  alert: Alert,
): FlippedExample | null {
  const task = tasks.get(flipped.task);
  const doc = task?.docs[flipped.index];
  const member = alert.members.find((each) => each.tasks.includes(flipped.task)) ?? alert.members[0];
  if (!member || alert.checkpoint === null) return null;
  if (!task || !doc) return describeImportedFlip(store, flipped, alert.checkpoint, member);
  // A text that was only read has no answer to show.
  if (task.summary.outputType === 'loglikelihood_rolling') return null;
  const metric = task.summary.primaryMetric;
  const answerAt = (checkpoint: string) =>
    store.answers
      .ofCheckpoint(checkpoint, flipped.task, task.summary.hash)
      .find(({ index }) => index === flipped.index);
  const after = answerAt(alert.checkpoint);
  const before = member.referenceCheckpoints
    .map(answerAt)
    .findLast((sample) => sample !== undefined && (sample.values[metric] ?? 0) > (after?.values[metric] ?? 0));
  if (!after || !before) return null;
  return {
    task: flipped.task,
    docId: doc.id,
    question: questionText(task, doc),
    expected: expectedText(task, doc),
    before: answerText(task, doc, before.answer),
    after: answerText(task, doc, after.answer),
  };
}
