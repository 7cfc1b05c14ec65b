/** Score: a metric's value on one checkpoint, never without its uncertainty. */
import type { MetricFamily } from './task.ts';

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
  /** `accuracy` when left out. */
  readonly family?: MetricFamily;
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

/** A capability node's value on one checkpoint: the mean of what lies below it. */
export interface CapabilityScore {
  readonly capability: string;
  readonly value: number;
  /** Standard error; NaN where it is not defined. */
  readonly stderr: number;
  readonly n: number;
  /** What counts into it: tasks of a leaf, children of an inner node, each with its share. */
  readonly members: readonly CapabilityMember[];
}

export interface CapabilityMember {
  /** A task's name or a capability's id. */
  readonly name: string;
  readonly metric: string;
  readonly value: number;
  /** Share in the mean; the shares of a node add up to 1. */
  readonly weight: number;
}
