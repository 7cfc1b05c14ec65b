import { expect, it } from 'vitest';
import type { Outgoing } from '../../src/alert/notifier.ts';
import { configSchema } from '../../src/config/schema.ts';
import { answerAlert } from '../../src/daemon/answer-alert.ts';
import { applyAlertChange } from '../../src/daemon/apply-alert-change.ts';
import type { DaemonContext } from '../../src/daemon/context.ts';
import { remind } from '../../src/daemon/remind.ts';
import { systemClock } from '../../src/system/clock.ts';
import { silentLog } from '../../src/system/log.ts';
import { alert } from '../alert/fixtures.ts';
import { scratchBus, scratchStore } from '../store/scratch.ts';

const HOUR = 3_600_000;

function firing() {
  const { store, clock } = scratchStore();
  store.runs.add({ id: 'r', name: 'r', path: '/r', maxSteps: null });
  const bus = scratchBus({ store, clock });
  const notifier = (name: string) => ({ name, type: 'file', defaultSamples: 'ids' as const });
  const context = {
    store,
    bus,
    log: silentLog,
    clock: { ...systemClock, now: () => clock.at },
    config: configSchema.parse({
      alerts: {
        routes: [{ to: ['chat'] }],
        reminders: { every: '4h', most: 2, escalate_after: '1h', escalate_to: ['phone'] },
      },
    }),
    notifiers: [notifier('chat'), notifier('phone')],
    linkOf: () => null,
  } as unknown as DaemonContext;
  const { id } = alert();
  const critical = { ...alert(), run: 'r', checkpoint: null, severity: 'critical', state: 'firing' } as const;
  bus.transact(() => applyAlertChange(context, { change: 'open', alert: critical, flipped: [] }));
  const sent = () =>
    store.deliveries
      .ofAlert(id)
      .map(({ channel, payload }) => `${channel}: ${(payload as Outgoing).message.texts[0]!.lead.split('.')[0]}`);
  return { store, bus, clock, context, id, sent };
}

it('reminds the channels of its routes, tells the others once, and asks nobody twice for one occasion', () => {
  const { clock, context, sent } = firing();
  expect(sent()).toEqual(['chat: The drop began after step 1,000, at the latest by step 1,200']);
  expect(remind(context)).toBe(false);
  clock.at += HOUR;
  expect(remind(context)).toBe(true);
  expect(remind(context)).toBe(false);
  expect(sent().slice(1)).toEqual(['phone: Nobody has answered for 60 min, so you are told too']);
  clock.at += 3 * HOUR;
  remind(context);
  clock.at += 40 * HOUR;
  remind(context);
  remind(context);
  expect(sent().slice(2)).toEqual([
    'chat: Nobody has answered for 4 h (reminder 1 of 2)',
    'chat: Nobody has answered for 8 h (reminder 2 of 2)',
  ]);
});

it('an answer ends it, and a silence that is over begins it anew', () => {
  const { store, bus, clock, context, id, sent } = firing();
  answerAlert(store, bus, id, 'silence', { by: 'wei', until: clock.at + 2 * HOUR });
  clock.at += HOUR;
  expect(remind(context)).toBe(false);
  clock.at += HOUR;
  expect(remind(context)).toBe(true);
  expect(store.alerts.get(id)).toMatchObject({ state: 'firing', silencedUntil: null });
  expect(store.alerts.history(id).at(-1)).toMatchObject({ from: 'silenced', to: 'firing', why: 'the silence is over' });
  expect(sent()).toHaveLength(2);
  answerAlert(store, bus, id, 'silence', { by: 'wei' });
  clock.at += 900 * HOUR;
  expect(remind(context)).toBe(false);
  expect(sent()).toHaveLength(2);
});
