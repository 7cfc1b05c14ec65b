/** Trend: a series over steps; Verdict: what the paired scan says of its newest checkpoint. */
import type { Outcomes } from './score.ts';

/** A series is a capability node (`basic.reasoning`, `*` is the whole) or a task, measured by one metric. */
export interface SeriesKey {
  readonly capability: string | null;
  readonly task: string | null;
  /** `score` for a capability measured in proportions (mean of its tasks' primary metrics), else the metric's id. */
  readonly metric: string;
}

export interface TrendPoint {
  readonly checkpoint: string;
  readonly step: number;
  readonly tokens: number | null;
  readonly value: number;
  readonly stderr: number;
  readonly n: number;
  readonly ci95: readonly [number, number];
}

/** What verdicts are made from: one evaluated checkpoint of a run. */
export interface CheckpointOutcomes {
  readonly checkpoint: string;
  readonly step: number;
  readonly outcomes: readonly Outcomes[];
  /** Engine, number type and kind of device that answered: a series breaks where it changes. Null or left out where nobody knows. */
  readonly engine?: string | null;
}

/** A checkpoint that a second kind of engine answered once more when it took over the run. */
export interface EngineBridge {
  readonly checkpoint: string;
  readonly step: number;
  /** Kinds of engines (see `engineKind`). */
  readonly from: string;
  readonly to: string;
}

/** `unknown` is a legal verdict: not enough evidence. */
export type VerdictKind = 'better' | 'same' | 'suspected' | 'worse' | 'unknown';

/** Which docs changed between the reference and now. */
export interface FlippedDoc {
  readonly task: string;
  /** Index in the task's fixed doc order. */
  readonly index: number;
}

/** The newest checkpoint against something else than the verdict's own reference. */
export interface Beside {
  /**
   * The checkpoint before, the best five in a row of those looked back over, the base model, or one of the configured references.
   * `engine`: no change of the model, but what the engine that took over makes of the very checkpoints that the one before it had measured.
   */
  readonly to: 'previous' | 'best' | 'base' | 'reference' | 'engine';
  /** Name of a configured reference. */
  readonly name?: string;
  readonly steps: readonly number[];
  /** Paired, with its 95 % interval; with jitter in it against the checkpoint before and the best ones, over docs alone against the others. */
  readonly difference: number;
  readonly ci95: readonly [number, number];
  readonly n: number;
}

export interface Verdict {
  readonly series: SeriesKey;
  readonly checkpoint: string;
  readonly step: number;
  readonly kind: VerdictKind;
  /** One sentence of evidence, or of what is missing. */
  readonly reason: string;
  /** The same in Chinese; left out in verdicts of older versions. */
  readonly reasonZh?: string;
  /** Mean over the newest window, over the reference window, and their paired difference (now - reference). */
  readonly value: number | null;
  readonly reference: number | null;
  readonly difference: number | null;
  readonly ci95: readonly [number, number] | null;
  readonly n: number;
  /** Evidence of the scan's best window. */
  readonly z: number | null;
  readonly windowSize: number | null;
  readonly referenceSteps: readonly number[];
  /** The change lies between these two steps (last good, first bad). */
  readonly changeBetween: readonly [number, number] | null;
  readonly flipped: readonly FlippedDoc[];
  /** Left out in verdicts of older versions. */
  readonly besides?: readonly Beside[];
}
