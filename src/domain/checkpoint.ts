/** Checkpoint: the weights of a run at one step, and the states it goes through. */

/**
 * found -> settling -> complete -> queued -> evaluating -> evaluated | skipped | failed;
 * aside: `invalid` (will never be complete) and `vanished` (deleted before it was pinned).
 */
export const CHECKPOINT_STATES = [
  'found',
  'settling',
  'complete',
  'queued',
  'evaluating',
  'evaluated',
  'skipped',
  'failed',
  'invalid',
  'vanished',
] as const;

export type CheckpointState = (typeof CHECKPOINT_STATES)[number];

export interface Checkpoint {
  readonly id: string;
  readonly run: string;
  readonly step: number;
  /** Tokens seen by training; null when the run does not say. Never guessed. */
  readonly tokens: number | null;
  /** Where the trainer wrote it (it may be gone by now). */
  readonly path: string;
  /** Format id, e.g. `hugging-face`. */
  readonly format: string;
  readonly state: CheckpointState;
  /** Why it is in this state, in a sentence; null when the state says it all. */
  readonly reason: string | null;
  /** Content fingerprint (hex); null until complete. Same step, other bytes: another checkpoint. */
  readonly fingerprint: string | null;
  /** Size of the files an engine needs, bytes; null until complete. */
  readonly bytes: number | null;
  /** Epoch milliseconds. */
  readonly foundAt: number;
  readonly stateAt: number;
}
