/**
 * A process to be killed: it raises one alert after the other, each in a transaction that puts messages into the outbox, prints its number once that
 * is durable, and delivers all the while. Time runs sixty times as fast for it, so that waits of minutes pass in seconds.
 * Arguments: data directory, configuration file, number of alerts, 'slowly' to take its time between two.
 */
import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadConfig } from '../../src/config/load.ts';
import { applyAlertChange } from '../../src/daemon/apply-alert-change.ts';
import { startOutbox } from '../../src/daemon/deliver-outbox.ts';
import { createEventBus } from '../../src/daemon/event-bus.ts';
import { openNotifiers } from '../../src/daemon/open-notifiers.ts';
import { openStore } from '../../src/store/open-store.ts';
import { type Clock, systemClock } from '../../src/system/clock.ts';
import { silentLog } from '../../src/system/log.ts';
import { alert } from '../alert/fixtures.ts';

const [directory = '', file = '', count = '0'] = process.argv.slice(2);
const PACE = 60;
const clock: Clock = {
  now: () => Math.round(Date.now() * PACE) - 1_700_000_000_000 * (PACE - 1),
  monotonic: () => performance.now() * PACE,
  sleep: (ms, signal) => systemClock.sleep(ms / PACE, signal),
  after: (ms, callback) => systemClock.after(ms / PACE, callback),
};
const store = openStore({ directory, now: clock.now });
const { config } = loadConfig({ cwd: directory, env: {}, file });
const terminal = { write: () => {}, isTTY: false };
const notifiers = openNotifiers(config, { env: process.env, clock, roots: [], terminal });
const bus = createEventBus({
  append: store.events.append,
  transaction: store.transaction,
  now: clock.now,
  onListenerError: (error) => {
    throw error;
  },
});
const context = { store, config, bus, clock, log: silentLog, tasks: new Map(), notifiers, linkOf: () => null };
if (store.runs.get('r') === null) store.runs.add({ id: 'r', name: 'r', path: '/out/r' });
const outbox = startOutbox(context);
for (let number = store.alerts.ofRun('r').length; number < Number(count); number++) {
  const one = { ...alert(), id: `alert-${String(number).padStart(4, '0')}`, run: 'r', checkpoint: null, step: number };
  bus.transact(() => applyAlertChange(context, { change: 'open', alert: one, flipped: [] }));
  writeSync(1, `${one.id}\n`);
  await sleep(15);
}
process.once('SIGTERM', async () => {
  await outbox.stop();
  for (const notifier of notifiers) notifier.close();
  store.close();
  process.exit(0);
});
// Runs on until it is ended.
await new Promise(() => setInterval(() => {}, 60_000));
