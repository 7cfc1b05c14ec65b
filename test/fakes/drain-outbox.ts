/** Everything that is due in the outbox, delivered without a loop in the background. */
import { deliverNext, type OutboxContext } from '../../src/daemon/deliver-outbox.ts';

export async function drainOutbox(context: OutboxContext): Promise<void> {
  const { signal } = new AbortController();
  for (const channel of context.store.deliveries.channels()) while (await deliverNext(context, channel, signal));
}
