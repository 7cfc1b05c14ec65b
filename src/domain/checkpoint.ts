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

/** What keeps a checkpoint's files readable while it waits for its evaluation. */
export interface Pin {
  /** `link` and `copy` survive the trainer's rotation; a `lease` reads the checkpoint where it lies and may lose it. */
  readonly kind: 'link' | 'copy' | 'lease';
  /** Where an engine finds the files; for a lease the checkpoint's own directory. */
  readonly directory: string;
  /** Size of the files, bytes. */
  readonly bytes: number;
}

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

/** Which state may follow which; everything else is a mistake of ours. */
export const CHECKPOINT_TRANSITIONS: Readonly<Record<CheckpointState, readonly CheckpointState[]>> = {
  found: ['settling', 'complete', 'invalid', 'vanished'],
  settling: ['complete', 'invalid', 'vanished'],
  // It may change once more before anybody read it, and an engine may turn it down before it is queued.
  complete: ['settling', 'queued', 'skipped', 'failed', 'invalid', 'vanished'],
  queued: ['evaluating', 'evaluated', 'skipped', 'failed', 'vanished'],
  // Back to queued after a crash or for another attempt.
  evaluating: ['queued', 'evaluated', 'skipped', 'failed', 'vanished'],
  // More docs, a new task, another attempt, bisection between two steps: all queue it again.
  evaluated: ['queued'],
  skipped: ['queued', 'vanished'],
  failed: ['queued', 'vanished'],
  // A trainer that was paused may still finish what looked dead.
  invalid: ['settling', 'complete', 'vanished'],
  // A file system that hiccuped shows it again.
  vanished: ['found', 'settling', 'complete'],
};

export function canBecome(from: CheckpointState, to: CheckpointState): boolean {
  return CHECKPOINT_TRANSITIONS[from].includes(to);
}

/** `<run>-<step>`, and `<run>-<step>.2`, `.3`... when the same step is written again with other bytes. */
export function checkpointId(run: string, step: number, ordinal = 1): string {
  return ordinal === 1 ? `${run}-${step}` : `${run}-${step}.${ordinal}`;
}

/** One step of a checkpoint's life. */
export interface CheckpointTransition {
  readonly from: CheckpointState | null;
  readonly to: CheckpointState;
  readonly reason: string | null;
  readonly at: number;
}
