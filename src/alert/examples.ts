/** The docs that flipped, with their texts, for a person to look at. */
import type { Alert, FlippedExample } from '../domain/alert.ts';
import type { FlippedDoc } from '../domain/trend.ts';

/** Gives the texts of a doc: what was asked and expected, what was answered at the last good checkpoint and now. Null when they are gone. */
export type FetchExample = (doc: FlippedDoc, alert: Alert) => FlippedExample | null | Promise<FlippedExample | null>;

export async function withExamples(alert: Alert, flipped: readonly FlippedDoc[], fetch: FetchExample): Promise<Alert> {
  const examples = await Promise.all(flipped.slice(0, 3).map((doc) => fetch(doc, alert)));
  return { ...alert, examples: examples.filter((example) => example !== null) };
}
