/** After a crash or a stop: what was in flight goes back to where it can be taken up again. */
import type { DaemonContext } from './context.ts';
import { planCheckpoint } from './plan-checkpoint.ts';
import { releaseDone } from './release-pin.ts';

/** Safe to run at every start; a database that was closed in order is left as it is. */
export async function recover(context: DaemonContext): Promise<void> {
  const { store, bus, engineRegistry, log } = context;
  for (const engine of await engineRegistry.endLeftovers(context.clock)) {
    log.info(`ended an engine that an earlier daemon left behind: ${engine.command}`);
  }
  bus.transact(() => {
    store.jobs.releaseAll();
    for (const { id } of store.checkpoints.inState('evaluating')) {
      store.checkpoints.transition(id, 'queued', 'the daemon was stopped in the middle of its evaluation');
    }
    for (const { id } of store.checkpoints.inState('complete')) planCheckpoint(context, id);
  });
  await releaseDone(context);
}
