/** Job: a durable unit of the daemon's queue; it survives any death of the daemon. */

/** queued -> leased -> done | failed; back to queued after a failed attempt or a crash. */
export type JobState = 'queued' | 'leased' | 'done' | 'failed';

export interface Job {
  readonly id: number;
  readonly kind: string;
  /** The same key is the same work: it is queued once, however often it is asked for. */
  readonly key: string;
  readonly run: string | null;
  readonly step: number | null;
  readonly payload: unknown;
  readonly state: JobState;
  /** Epoch milliseconds until which its worker may be trusted to be alive; null when nobody has it. */
  readonly leaseUntil: number | null;
  /** Attempts that failed; a crash of the daemon is not one. */
  readonly attempts: number;
  /** Not before this time, epoch milliseconds. */
  readonly runAfter: number;
  readonly error: string | null;
}

/** What is asked of the queue. */
export interface NewJob {
  readonly kind: string;
  readonly key: string;
  readonly run?: string | null;
  readonly step?: number | null;
  readonly payload?: unknown;
  /** Epoch milliseconds; at once by default. */
  readonly runAfter?: number;
}
