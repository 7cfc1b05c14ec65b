/** What time alone does to the queue: checkpoints that waited too long are passed over, and a run whose queue grows is told to fall behind. */
import { fallingBehindAlert, hasCaughtUp, isBehind, type WaitingQueue } from '../alert/falling-behind.ts';
import { resolvedAlert } from '../alert/run-alerts.ts';
import type { WaitingCheckpoint } from '../strategy/backlog.ts';
import { applyAlertChange } from './apply-alert-change.ts';
import type { DaemonContext } from './context.ts';
import { secondsBetween } from './plan-input.ts';
import { siftBacklog, waitingOf } from './sift-backlog.ts';
import { openOf, openOnce } from './tell-trouble.ts';
import { FIRST_LOOK_MS } from './watch-clock.ts';

type WatchingContext = Pick<
  DaemonContext,
  'store' | 'config' | 'bus' | 'clock' | 'tasks' | 'notifiers' | 'linkOf' | 'actionsOf'
>;

/** Call it every few seconds. @returns true when something was skipped */
export function watchBacklog(context: WatchingContext): boolean {
  const { store, bus } = context;
  return bus.transact(() => {
    const skipped = siftBacklog(context);
    const waiting = waitingOf(context);
    for (const { id } of store.runs.list()) tellBehind(context, id, waiting);
    return skipped;
  });
}

function tellBehind(context: WatchingContext, run: string, all: readonly WaitingCheckpoint[]): void {
  const { store } = context;
  const [open] = openOf(context, run, 'falling-behind');
  // What was there before us says nothing of how fast training is.
  const since = store.runs.require(run).foundAt + FIRST_LOOK_MS;
  const own = all.filter((one) => one.run === run && store.checkpoints.require(one.checkpoint).foundAt > since);
  if (own.length === 0 && open === undefined) return;
  const queue = queueOf(context, run, own);
  if (open !== undefined) {
    if (queue !== null && !hasCaughtUp(queue)) return;
    const step = store.checkpoints.newestEvaluated(run)?.step ?? null;
    applyAlertChange(context, { change: 'resolve', alert: resolvedAlert(open, step), flipped: [] });
  } else if (queue !== null && isBehind(queue)) {
    const newest = own.at(-1)!;
    openOnce(context, fallingBehindAlert(run, { id: newest.checkpoint, step: newest.step }, queue));
  }
}

/** Null while costs or the pace of training are unknown. */
function queueOf({ store }: WatchingContext, run: string, waiting: readonly WaitingCheckpoint[]): WaitingQueue | null {
  const between = secondsBetween(store.checkpoints.ofRun(run));
  const seconds = waiting.reduce<number | null>(
    (sum, { expectedSeconds: cost }) => (sum === null || cost === null ? null : sum + cost),
    0,
  );
  if (between === null || seconds === null) return null;
  return { waiting: waiting.length, expectedMs: 1000 * seconds, intervalMs: 1000 * between };
}
