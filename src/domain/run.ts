/** Run: one training run, that is a directory that checkpoints appear in. */

/** `active` while checkpoints come, `stalled` when none came for 3 median intervals, `finished` when training said so. */
export type RunState = 'active' | 'stalled' | 'finished';

/** What kind of training it is, as its team says. */
export const STAGES = ['pretraining', 'mid-training', 'annealing', 'sft', 'preference', 'rl'] as const;

export type Stage = (typeof STAGES)[number];

export interface Run {
  /** Stored identity; survives moves of the directory. */
  readonly id: string;
  readonly name: string;
  /** Absolute directory that holds the checkpoints. */
  readonly path: string;
  readonly state: RunState;
  /** Planned last step, from the telemetry; null when training does not say. */
  readonly maxSteps: number | null;
  /** Epoch milliseconds. */
  readonly foundAt: number;
}
