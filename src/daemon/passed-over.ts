/** Checkpoints that the backlog passed over: skipped without an attempt, so that they may be asked after all. */
import { existsSync } from 'node:fs';
import type { StoredCheckpoint } from '../store/checkpoints.ts';
import type { Store } from '../store/open-store.ts';
import type { DaemonContext } from './context.ts';
import { evaluateKey } from './job-keys.ts';
import { type QueueNote, queueNoteOf } from './queue-note.ts';

/** What has nothing to be asked is skipped too, but that was never planned, or its evaluation came to an end. */
export function isPassedOver({ evaluations }: Pick<Store, 'evaluations'>, { id, state }: StoredCheckpoint): boolean {
  return state === 'skipped' && evaluations.ofCheckpoint(id).at(-1)?.state === 'planned';
}

/** Are its files still there, pinned or where training wrote them? */
export function isReadable({ pins }: Pick<Store, 'pins'>, { id, path }: StoredCheckpoint): boolean {
  return existsSync(pins.ofCheckpoint(id)?.directory ?? path);
}

/** Of a run, in the order of steps: what was passed over and can still be asked. */
export function takeable(store: Pick<Store, 'checkpoints' | 'evaluations' | 'pins'>, run: string): StoredCheckpoint[] {
  return store.checkpoints.ofRun(run).filter((one) => isPassedOver(store, one) && isReadable(store, one));
}

/** skipped -> queued. Call it inside a transaction. @param reason a sentence */
export function takeUp(
  { store }: Pick<DaemonContext, 'store'>,
  { id }: StoredCheckpoint,
  note: Pick<QueueNote, 'kept' | 'tells'>,
  reason: string,
): void {
  const job = store.jobs.get(evaluateKey(id))!;
  store.jobs.reopen(job.key, { ...queueNoteOf(store, job), ...note, isLate: true } satisfies QueueNote);
  store.checkpoints.transition(id, 'queued', reason);
}
