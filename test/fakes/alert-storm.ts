/** A storm: many alerts of many runs at once, through the real store and the real outbox. */
import type { Notifier, Outgoing } from '../../src/alert/notifier.ts';
import { aboutRun } from '../../src/alert/run-alerts.ts';
import { configSchema } from '../../src/config/schema.ts';
import { applyAlertChange } from '../../src/daemon/apply-alert-change.ts';
import type { DaemonContext } from '../../src/daemon/context.ts';
import { createEventBus } from '../../src/daemon/event-bus.ts';
import type { Store } from '../../src/store/open-store.ts';
import { silentLog } from '../../src/system/log.ts';

export interface Storm {
  readonly context: DaemonContext;
  readonly sent: Outgoing[];
  /** Makes so many more alerts fire, in transactions of a hundred; every 100th is a critical regression where wanted. */
  fire(count: number, options?: { readonly critical?: boolean }): void;
}

export function alertStorm(store: Store, clock: { at: number }, runs: number, alerts: object = {}): Storm {
  const sent: Outgoing[] = [];
  const chat: Notifier = {
    name: 'chat',
    type: 'file',
    defaultSamples: 'ids',
    send: async (outgoing) => {
      sent.push(outgoing);
      return { kind: 'sent', detail: '' };
    },
    close: () => {},
  };
  const bus = createEventBus({
    append: store.events.append,
    transaction: store.transaction,
    now: () => clock.at,
    onListenerError: (error) => {
      throw error;
    },
  });
  const context = {
    store,
    bus,
    log: silentLog,
    clock: { now: () => clock.at },
    config: configSchema.parse({ alerts: { inhibit: false, flapping: { times: null }, ...alerts } }),
    notifiers: [chat],
    linkOf: () => null,
  } as unknown as DaemonContext;
  const anchors = Array.from({ length: runs }, (_, i) => {
    const run = `run-${i}`;
    store.runs.add({ id: run, name: run, path: `/${run}` });
    return { run, id: store.checkpoints.add({ run, step: 1, path: `/${run}/1`, format: 'hugging-face' }).id };
  });
  let fired = 0;
  const one = (critical: boolean) => {
    const { run, id } = anchors[fired % runs]!;
    const isCritical = critical && fired % 100 === 99;
    const kind = isCritical ? 'regression' : 'evaluation-failing';
    const title = `Alert ${fired}`;
    const words = { en: `${title}: ${'what happened. '.repeat(20)}`, zh: title };
    const alert = aboutRun(
      run,
      kind,
      isCritical ? 'critical' : 'warning',
      { id, step: 1 },
      title,
      words,
      String(fired),
    );
    applyAlertChange(context, { change: 'open', alert, flipped: [] });
    fired += 1;
  };
  return {
    context,
    sent,
    fire: (count, { critical = false } = {}) => {
      for (let left = count; left > 0; left -= 100)
        bus.transact(() => {
          for (let i = 0; i < Math.min(100, left); i++) one(critical);
        });
    },
  };
}
