/** The docs that flipped, with their texts, for a person to look at. */
import type { Alert, FlippedExample } from '../domain/alert.ts';
import type { FlippedDoc } from '../domain/trend.ts';

/** Gives the texts of a doc: what was asked and expected, what was answered at the last good checkpoint and now. Null when they are gone. */
export type FetchExample = (doc: FlippedDoc, alert: Alert) => FlippedExample | null | Promise<FlippedExample | null>;

const SHOWN = 3;

/** The first three candidates whose texts are still there. */
export async function withExamples(alert: Alert, flipped: readonly FlippedDoc[], fetch: FetchExample): Promise<Alert> {
  const examples: FlippedExample[] = [];
  for (const doc of flipped) {
    if (examples.length === SHOWN) break;
    const example = await fetch(doc, alert);
    if (example !== null) examples.push(example);
  }
  return { ...alert, examples };
}
