/** Score: a metric's value on one checkpoint, never without its uncertainty. */

export interface Score {
  readonly task: string;
  readonly metric: string;
  readonly value: number;
  /** Standard error; NaN where it is not defined (n < 2). */
  readonly stderr: number;
  readonly n: number;
  /** Docs planned but without an answer. */
  readonly failed: number;
  readonly higherIsBetter: boolean;
  readonly taskVersion: string;
  readonly taskHash: string;
}

/** Per-doc outcomes of one (checkpoint, task, metric), in the task's fixed order; NaN where the doc has no value. */
export interface Outcomes {
  readonly task: string;
  readonly metric: string;
  /** Series segment: outcomes are only ever compared within one. */
  readonly taskHash: string;
  readonly higherIsBetter: boolean;
  readonly values: Float32Array;
}
