/** A checkpoint that needs nothing more is let go: its files first, then the note of it, so that a crash between leaks nothing. */
import { releasePin } from '../checkpoint/pin.ts';
import type { CheckpointState } from '../domain/checkpoint.ts';
import type { Job } from '../domain/job.ts';
import { checkpointAsked } from './ask-further.ts';
import type { DaemonContext } from './context.ts';
import { mayBeTakenUp } from './may-be-taken-up.ts';
import { mostDocs } from './most-docs.ts';
import { ASK_FURTHER } from './plan-further.ts';

/** Evaluated checkpoints that may be asked more, so that something that looks low has references. */
const REFERENCES = 8;

/** States in which nothing is evaluated any more. */
const DONE: ReadonlySet<CheckpointState> = new Set(['evaluated', 'skipped', 'failed', 'vanished']);

export async function releasePinOf({ store }: DaemonContext, checkpoint: string): Promise<void> {
  const pin = store.pins.ofCheckpoint(checkpoint);
  if (!pin) return;
  await releasePin(pin);
  store.pins.release(pin.id);
}

/** Lets go of every checkpoint that is done with; references stay where more may be asked, and what was passed over as long as it may be taken up. */
export async function releaseDone(context: DaemonContext): Promise<void> {
  const { store, config } = context;
  const kept = mostDocs(config) > config.strategy.docs_per_task ? REFERENCES : 0;
  const asked = checkpointsAsked(store.jobs.unfinished());
  const done = store.pins
    .held()
    .map(({ checkpoint }) => store.checkpoints.require(checkpoint))
    .filter(({ state }) => DONE.has(state))
    .sort((a, b) => b.step - a.step);
  const references = new Map<string, number>();
  for (const checkpoint of done) {
    const { id, run, state } = checkpoint;
    const before = references.get(run) ?? 0;
    if (state === 'evaluated') references.set(run, before + 1);
    if ((state === 'evaluated' && before < kept) || asked.has(id) || mayBeTakenUp(context, checkpoint)) continue;
    await releasePinOf(context, id);
  }
}

/** Those of which more is to be asked. */
function checkpointsAsked(jobs: readonly Job[]): ReadonlySet<string> {
  return new Set(jobs.filter(({ kind }) => kind === ASK_FURTHER).map(checkpointAsked));
}
