/** A doc that was right and is wrong now, of a task that others asked: with the texts that came with its samples. */
import type { AlertMember, FlippedExample } from '../domain/alert.ts';
import type { FlippedDoc } from '../domain/trend.ts';
import type { Store } from '../store/open-store.ts';

/** Null when the samples had no texts. */
export function describeImportedFlip(
  store: Store,
  { task, index }: FlippedDoc,
  checkpoint: string,
  member: AlertMember,
): FlippedExample | null {
  const { run } = store.checkpoints.require(checkpoint);
  const provenance = store.provenance.ofCheckpoint(checkpoint).find((one) => one.task === task);
  if (provenance === undefined) return null;
  const { taskHash, primaryMetric } = provenance;
  const doc = store.importedDocs.ofSegment(run, task, taskHash)[index];
  const answerAt = (id: string) => store.answers.ofCheckpoint(id, task, taskHash).find((one) => one.index === index);
  const after = answerAt(checkpoint);
  const before = member.referenceCheckpoints
    .map(answerAt)
    .findLast((one) => one !== undefined && (one.values[primaryMetric] ?? 0) > (after?.values[primaryMetric] ?? 0));
  if (doc === undefined || after?.answer?.kind !== 'text' || before?.answer?.kind !== 'text') return null;
  return {
    task,
    docId: doc.id,
    question: doc.question,
    expected: doc.expected,
    before: before.answer.text,
    after: after.answer.text,
  };
}
