/**
 * The queue as the backlog wants it: checkpoints that it passes over are skipped and told, and one of them is taken up again when nothing
 * else waits. Everything is read from the database and written in one transaction, so a crash leaves the old queue or the new one.
 */
import { passOver, type WaitingCheckpoint } from '../strategy/backlog.ts';
import { medianOf } from '../strategy/median.ts';
import type { DaemonContext } from './context.ts';
import { checkpointOf, evaluateKey } from './job-keys.ts';
import { isPassedOver, isReadable, takeUp } from './passed-over.ts';
import { ASK_FURTHER } from './plan-further.ts';
import { queueNoteOf } from './queue-note.ts';

type BacklogContext = Pick<DaemonContext, 'store' | 'config' | 'bus' | 'clock'>;

/** Evaluations that say what the next one takes. */
const COSTS_OF = 5;

/** Call it inside a transaction. @returns true when something was skipped */
export function siftBacklog(context: BacklogContext): boolean {
  const { store, config, bus } = context;
  const { name, every, deadline } = config.backlog;
  if (name === 'all') return false;
  const skipped = passOver({ name, every, deadlineSeconds: deadline / 1000 }, waitingOf(context));
  for (const { checkpoint, reason } of skipped) {
    const { run, step } = store.checkpoints.transition(checkpoint, 'skipped', reason);
    store.jobs.complete(store.jobs.get(evaluateKey(checkpoint))!.id);
    bus.emit('checkpoint.skipped', { run, checkpoint, step, reason });
  }
  return skipped.length > 0;
}

/** Queues the newest checkpoint that was passed over, if the backlog follows up on them and nothing else waits. Call it inside a transaction. */
export function backFill(context: BacklogContext): void {
  const { store, config } = context;
  const isBusy = () => store.jobs.unfinished().some(({ kind }) => kind === 'evaluate' || kind === ASK_FURTHER);
  if (config.backlog.name !== 'newest' || isBusy()) return;
  const next = store.checkpoints
    .inState('skipped')
    .sort((a, b) => b.foundAt - a.foundAt || b.step - a.step)
    .find((one) => isPassedOver(store, one) && isReadable(store, one));
  if (next !== undefined)
    takeUp(
      context,
      next,
      { kept: null, tells: null },
      'Nothing else waits, so this one, passed over before, is asked now.',
    );
}

/** Queued checkpoints in the order of their turns; one that was begun is not among them. */
export function waitingOf({ store, clock }: Pick<DaemonContext, 'store' | 'clock'>): WaitingCheckpoint[] {
  const costs = new Map<string, number | null>();
  const costOf = (run: string): number | null => {
    if (!costs.has(run)) costs.set(run, usualSeconds(store, run));
    return costs.get(run)!;
  };
  return store.jobs.unfinished().flatMap((job): WaitingCheckpoint[] => {
    if (job.kind !== 'evaluate' || job.state !== 'queued' || job.attempts > 0) return [];
    const { id, run, step, stateAt } = store.checkpoints.require(checkpointOf(job));
    if (store.evaluations.ofCheckpoint(id).at(-1)?.state !== 'planned') return [];
    const { position, kept } = queueNoteOf(store, job);
    const waitedSeconds = (clock.now() - stateAt) / 1000;
    return [
      { checkpoint: id, run, step, position, waitedSeconds, expectedSeconds: costOf(run), isKept: kept !== null },
    ];
  });
}

function usualSeconds({ plans }: Pick<DaemonContext['store'], 'plans'>, run: string): number | null {
  return medianOf(plans.spentOn(run, COSTS_OF).map(({ seconds }) => seconds));
}
