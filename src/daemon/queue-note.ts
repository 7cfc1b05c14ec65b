/** What the queue remembers of a checkpoint beside its place: decided once, when it is planned, and kept in its job. */
import type { Job } from '../domain/job.ts';
import type { StoredCheckpoint } from '../store/checkpoints.ts';
import type { Store } from '../store/open-store.ts';
import type { Telling } from '../strategy/bisect.ts';
import { evaluateKey } from './job-keys.ts';

export interface QueueNote {
  /** Earlier checkpoints of the run that were planned. */
  readonly position: number;
  /** Why it is evaluated whatever waits behind it, a noun; null where it may be passed over. */
  readonly kept: string | null;
  /** It was passed over and is asked after all, when later ones may be judged already. */
  readonly isLate: boolean;
  /** What it was taken up to tell; null where it was for its own sake. */
  readonly tells: Telling | null;
}

/** Jobs of older versions carry none, or one that does not know all of this. */
export function queueNoteOf(store: Pick<Store, 'plans'>, { payload, run, step }: Job): QueueNote {
  const unknown = { kept: null, isLate: false, tells: null };
  if (payload !== null) return { ...unknown, ...(payload as QueueNote) };
  return { ...unknown, position: store.plans.countBefore(run!, step!) };
}

/** How a checkpoint that was planned stands in the queue, sentences: whether it may be passed over, and what became of it. */
export function sayStanding(store: Pick<Store, 'plans' | 'jobs'>, { id, state, reason }: StoredCheckpoint): string[] {
  const job = store.jobs.get(evaluateKey(id));
  const kept = job === null ? null : queueNoteOf(store, job).kept;
  const isWaiting = state === 'queued' || state === 'skipped';
  return [
    ...(kept === null ? [] : [`It is ${kept}, so it is evaluated whatever waits.`]),
    ...(isWaiting && reason !== null ? [`${state === 'queued' ? 'Queued' : 'Skipped'}: ${reason}`] : []),
  ];
}
