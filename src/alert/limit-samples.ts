/** How much of a doc may leave by an alert: confidential docs stay at home. */
import type { Alert } from '../domain/alert.ts';

export type SampleLimit = 'full' | 'ids' | 'none';

/** `ids` keeps which docs flipped without their texts; `none` keeps nothing of them. */
export function limitSamples(alert: Alert, limit: SampleLimit): Alert {
  if (limit === 'full') return alert;
  if (limit === 'none') return { ...alert, examples: [] };
  const examples = alert.examples.map(({ task, docId }) => ({
    task,
    docId,
    question: '',
    expected: '',
    before: '',
    after: '',
  }));
  return { ...alert, examples };
}
