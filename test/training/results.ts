/** What the training test records: runs that were watched live, and what came of the mistake with and without Libra's advice. */
import { readFileSync } from 'node:fs';

export const RESULTS = new URL('../../fixtures/training/results.json', import.meta.url).pathname;
export const PICTURE = new URL('../../fixtures/training/curves.svg', import.meta.url).pathname;

/** A difference with its 95 % interval. */
export interface Measured {
  readonly value: number;
  readonly ci95: readonly [number, number];
  readonly n: number;
}

export interface WatchedTraining {
  readonly seed: number;
  /** Whether the callback was allowed to do what was advised. */
  readonly follows: boolean;
  /** Accuracy on the Chinese docs, as Libra measured it at each checkpoint. */
  readonly curve: readonly { readonly step: number; readonly accuracy: number }[];
  readonly alert: { readonly step: number; readonly title: string; readonly capabilities: readonly string[] } | null;
  /** As the callback told it. */
  readonly change: { readonly step: number; readonly note: string } | null;
  /** What Libra says of the change: the capabilities that were alerted, before and after it. */
  readonly effects: readonly (Measured & {
    readonly capability: string;
    readonly before: number;
    readonly after: number;
  })[];
  /** The last checkpoint, task by task: 1 for a doc that was right, in the order of the docs. */
  readonly atEnd: Readonly<Record<string, string>>;
}

export interface TrainingResults {
  readonly date: string;
  readonly command: string;
  readonly versions: Readonly<Record<string, string>>;
  /** Last step before Chinese went missing, and the share it had. */
  readonly mistake: { readonly after: number; readonly from: number };
  readonly runs: readonly WatchedTraining[];
  /** Accuracy at the end, with advice minus without, same seed against same seed. */
  readonly difference: { readonly overDocs: Measured; readonly overSeeds: Measured };
}

export function readResults(): TrainingResults {
  return JSON.parse(readFileSync(RESULTS, 'utf8')) as TrainingResults;
}
