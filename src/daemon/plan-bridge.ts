/**
 * When another kind of engine takes over a run, its scores are not compared with those before. So it answers the newest checkpoints that are
 * still there once more: what it makes of them is the history that its own verdicts start from, and the shift between the two is shown.
 */
import { existsSync } from 'node:fs';
import type { Checkpoint } from '../domain/checkpoint.ts';
import type { Job } from '../domain/job.ts';
import type { JudgingContext } from './judge-checkpoint.ts';
import { ASK_FURTHER } from './plan-further.ts';
import { checkpointsOf } from './run-history.ts';

/** With the new one they make the fewest checkpoints that the scan tells anything from. */
const BRIDGED = 3;

/** Payload of a job that asks a checkpoint once more. */
interface BridgePayload {
  readonly checkpoint: string;
  readonly bridge: { readonly from: string; readonly to: string };
}

/** What a job bridges; null when it asks for something else. */
export function bridgeOf(job: Job): BridgePayload['bridge'] | null {
  return (job.payload as Partial<BridgePayload> | null)?.bridge ?? null;
}

/** Call it inside the transaction that keeps the scores of the newest checkpoint, before that one counts as evaluated. */
export function planBridge(context: JudgingContext, { id, run, step }: Checkpoint): void {
  const { store } = context;
  const to = store.scores.measuredBy(id);
  const newest = store.checkpoints.newestEvaluated(run);
  if (to === null || (newest !== null && store.scores.measuredBy(newest.id) === to)) return;
  // The whole history is looked at only where the engine changed, and at a run's first checkpoint.
  for (const each of checkpointsOf(context, run, step).slice(-BRIDGED)) {
    const from = store.scores.measuredBy(each.id);
    if (from === null || from === to || store.bridges.has(each.id, to) || !isThere(store, each)) continue;
    const payload: BridgePayload = { checkpoint: each.id, bridge: { from, to } };
    const key = `${ASK_FURTHER}:bridge:${each.id}:${to}`;
    if (!store.jobs.enqueue({ kind: ASK_FURTHER, key, run, step, payload })) store.jobs.reopen(key, payload);
  }
}

/** Of one in place it is looked at its bytes before it is asked. */
function isThere(store: JudgingContext['store'], { id, path }: Checkpoint): boolean {
  return existsSync(store.pins.ofCheckpoint(id)?.directory ?? path);
}
