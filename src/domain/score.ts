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
  /** `seconds`, `bits per byte`, ...; empty or left out where the number has none. */
  readonly unit?: string;
  /** Measured of every task of its kind, without the task file naming it. */
  readonly isAttached?: boolean;
  /** Why the value is not defined, as a clause; null or left out where it is. */
  readonly reason?: string | null;
}

/** Per-doc outcomes of one (checkpoint, task, metric), in the task's fixed order; NaN where the doc has no value. */
export interface Outcomes {
  readonly task: string;
  readonly metric: string;
  /** Series segment: outcomes are only ever compared within one. */
  readonly taskHash: string;
  readonly higherIsBetter: boolean;
  readonly values: Float32Array;
  /** Docs planned but without an answer; when left out, all that have no value. A doc beyond them was not planned. */
  readonly failed?: number;
  /** Where nothing is known of single docs: `values` is empty then. */
  readonly summary?: OutcomeSummary;
}

/** All that is known of a measurement whose docs nobody kept. */
export interface OutcomeSummary {
  readonly value: number;
  /** NaN where it is not known. */
  readonly stderr: number;
  /** 0 where it is not known. */
  readonly n: number;
}

/** A capability node's value on one checkpoint: the mean of what lies below it. */
export interface CapabilityScore {
  readonly capability: string;
  readonly value: number;
  /** Standard error; NaN where it is not defined. */
  readonly stderr: number;
  readonly n: number;
  /** What counts into it: the tasks below the node, each with its share. */
  readonly members: readonly CapabilityMember[];
  /** Tasks that belong to it and were not measured here: with any of them the node is a gap (value NaN), not a mean of the rest. */
  readonly missing: readonly MissingMember[];
  /** Equal where the same tasks with the same hashes make up the node: only then are two of its values comparable. */
  readonly segment: string;
}

export interface MissingMember {
  readonly name: string;
  /** A clause. */
  readonly reason: string;
}

export interface CapabilityMember {
  /** A task's name or a capability's id. */
  readonly name: string;
  readonly metric: string;
  readonly value: number;
  readonly stderr: number;
  readonly n: number;
  /** Share in the mean; the shares of a node add up to 1. */
  readonly weight: number;
}
