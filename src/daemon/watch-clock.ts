/** What only the clock can tell: a run from which no checkpoint comes any more. */
import { resolvedAlert, stalledAlert, stalledFrom } from '../alert/run-alerts.ts';
import { applyAlertChange } from './apply-alert-change.ts';
import type { DaemonContext } from './context.ts';

/** What is found so soon after its run was there before us: an old run that nobody trains any more is not stalled, it is over. */
export const FIRST_LOOK_MS = 10_000;

/** What was written while nobody looked is found within that time. */
const SETTLED_MS = 60_000;

/**
 * Looks at every run that is not finished; call it every few seconds.
 * @param since epoch ms since when somebody looks without a break: a pause of ours is none of the training's
 */
export function watchForStalls(context: DaemonContext, since: number | null): void {
  const { store, clock } = context;
  for (const run of store.runs.list()) {
    if (run.state === 'finished') continue;
    const checkpoints = store.checkpoints.ofRun(run.id).sort((a, b) => a.foundAt - b.foundAt);
    const found = checkpoints.map((checkpoint) => checkpoint.lastByteAt ?? checkpoint.foundAt).sort((a, b) => a - b);
    if (!checkpoints.some(({ foundAt }) => foundAt > run.foundAt + FIRST_LOOK_MS)) continue;
    const from = stalledFrom(found);
    const isStalled = from !== null && clock.now() >= from;
    const isSeen = since !== null && clock.now() - since >= SETTLED_MS;
    if (isStalled && isSeen && run.state === 'active') stall(context, run.id, found);
    if (!isStalled && run.state === 'stalled') goOn(context, run.id);
  }
}

function stall(context: DaemonContext, run: string, found: readonly number[]): void {
  const { store, bus } = context;
  const last = store.checkpoints.ofRun(run).at(-1)!;
  const usualMs = (found.at(-1)! - found[0]!) / Math.max(1, found.length - 1);
  const alert = stalledAlert(run, last, usualMs);
  bus.transact(() => {
    store.runs.setState(run, 'stalled');
    bus.emit('run.stalled', { run, step: last.step, reason: alert.title });
    // A restart finds the same silence again; the alert about it was sent already.
    if (store.alerts.get(alert.id) === null) applyAlertChange(context, { change: 'open', alert, flipped: [] });
  });
}

function goOn(context: DaemonContext, run: string): void {
  const { store, bus } = context;
  const step = store.checkpoints.ofRun(run).at(-1)?.step ?? null;
  bus.transact(() => {
    store.runs.setState(run, 'active');
    for (const alert of store.alerts.open(run).filter(({ kind }) => kind === 'stalled')) {
      applyAlertChange(context, { change: 'resolve', alert: resolvedAlert(alert, step), flipped: [] });
    }
  });
}
