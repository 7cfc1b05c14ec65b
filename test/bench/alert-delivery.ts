/** From the commit of an alert to its arrival at a webhook of this machine, beside a channel that hangs. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createWebhookNotifier } from '../../src/alert/notifiers/webhook.ts';
import { configSchema } from '../../src/config/schema.ts';
import { applyAlertChange } from '../../src/daemon/apply-alert-change.ts';
import { startOutbox } from '../../src/daemon/deliver-outbox.ts';
import { createEventBus } from '../../src/daemon/event-bus.ts';
import { openStore } from '../../src/store/open-store.ts';
import { systemClock } from '../../src/system/clock.ts';
import { silentLog } from '../../src/system/log.ts';
import { alert } from '../alert/fixtures.ts';
import { startFlaky, startSlowLoris } from '../fakes/bad-servers.ts';
import type { Figure } from './time-lapse.ts';

const ALERTS = 200;
const GOAL_MS = 100;

export async function benchAlertDelivery(): Promise<readonly Figure[]> {
  const directory = mkdtempSync(join(tmpdir(), 'libra-delivery-'));
  const store = openStore({ directory, now: systemClock.now });
  let arrived = (_: number) => {};
  await using hook = await startFlaky(
    () => 'fine',
    () => arrived(performance.now()),
  );
  await using loris = await startSlowLoris(1_000);
  const notifiers = [hook, loris].map(({ port }, position) =>
    createWebhookNotifier({
      name: position === 0 ? 'hook' : 'loris',
      url: `http://127.0.0.1:${port}/`,
      secret: null,
      clock: systemClock,
    }),
  );
  const bus = createEventBus({
    append: store.events.append,
    transaction: store.transaction,
    now: systemClock.now,
    onListenerError: (error) => {
      throw error;
    },
  });
  const config = configSchema.parse({ alerts: { limit: { per_hour: null }, flapping: { times: null } } });
  const context = { store, bus, config, notifiers, clock: systemClock, log: silentLog, tasks: new Map(), linkOf };
  store.runs.add({ id: 'run', name: 'run', path: '/run' });
  const outbox = startOutbox(context);
  try {
    const waits: number[] = [];
    for (let number = 0; number < ALERTS; number++) {
      const arrival = new Promise<number>((resolve) => {
        arrived = resolve;
      });
      const one = { ...alert(), id: `alert-${number}`, run: 'run', checkpoint: null };
      bus.transact(() => applyAlertChange(context, { change: 'open', alert: one, flipped: [] }));
      const committedAt = performance.now();
      waits.push((await arrival) - committedAt);
    }
    waits.sort((a, b) => a - b);
    const at = (share: number) => `${waits[Math.ceil(share * ALERTS) - 1]!.toFixed(1)} ms`;
    return [
      { what: `commit to arrival, median of ${ALERTS}`, value: at(0.5) },
      { what: 'commit to arrival, 95th percentile', value: `${at(0.95)}  goal ${GOAL_MS} ms` },
      { what: 'slowest', value: at(1) },
    ];
  } finally {
    await outbox.stop();
    for (const notifier of notifiers) notifier.close();
    store.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

const linkOf = () => null;
