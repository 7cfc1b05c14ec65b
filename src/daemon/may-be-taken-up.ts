/**
 * Which checkpoints that were passed over keep their pins: those that are asked when nothing else waits, and those that may tell where a
 * capability fell. The budget of the pins comes before both.
 */
import { isBetween } from '../alert/narrow-alert.ts';
import type { StoredCheckpoint } from '../store/checkpoints.ts';
import type { DaemonContext } from './context.ts';
import { judgeKey } from './job-keys.ts';
import { isPassedOver } from './passed-over.ts';

type KeepingContext = Pick<DaemonContext, 'store' | 'config'>;

/** A drop of 5 points is found at once one time in four, by the second checkpoint after it three times in four. */
const JUDGED_AFTER = 2;

export function mayBeTakenUp({ store, config }: KeepingContext, checkpoint: StoredCheckpoint): boolean {
  if (!isPassedOver(store, checkpoint)) return false;
  return config.backlog.name === 'newest' || isBesideSuspicion(store, checkpoint);
}

/** False once both its neighbours are judged and nothing fell between them. */
function isBesideSuspicion(store: KeepingContext['store'], { run, step }: StoredCheckpoint): boolean {
  const judged = store.checkpoints
    .ofRun(run)
    .filter((one) => one.state === 'evaluated' && one.step > step && store.jobs.get(judgeKey(one.id))?.state === 'done')
    .slice(0, JUDGED_AFTER);
  if (judged.length < JUDGED_AFTER) return true;
  if (judged.some(({ id }) => store.verdicts.ofCheckpoint(id).some(({ kind }) => kind === 'suspected'))) return true;
  return store.alerts
    .open(run)
    .flatMap(({ members }) => members)
    .some((member) => isBetween(member, step));
}
