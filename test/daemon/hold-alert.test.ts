import { expect, it } from 'vitest';
import type { Outgoing } from '../../src/alert/notifier.ts';
import { aboutRun, resolvedAlert } from '../../src/alert/run-alerts.ts';
import { configSchema } from '../../src/config/schema.ts';
import { answerAlert } from '../../src/daemon/answer-alert.ts';
import { applyAlertChange } from '../../src/daemon/apply-alert-change.ts';
import type { DaemonContext } from '../../src/daemon/context.ts';
import { tellCalm } from '../../src/daemon/damp-flapping.ts';
import { releaseHeld } from '../../src/daemon/hold-alert.ts';
import { lookingSince } from '../../src/daemon/looking-since.ts';
import { remind } from '../../src/daemon/remind.ts';
import { watchForStalls } from '../../src/daemon/watch-clock.ts';
import type { AlertKind } from '../../src/domain/alert.ts';
import { silentLog } from '../../src/system/log.ts';
import { scratchBus, scratchStore } from '../store/scratch.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;

function world(alerts: object) {
  const { store, clock } = scratchStore();
  clock.at = Date.parse('2026-11-28T20:00:00Z');
  const ids = ['r', 's'].map((id) => {
    store.runs.add({ id, name: `Run ${id}`, path: `/${id}` });
    return store.checkpoints.add({ run: id, step: 100, path: `/${id}/100`, format: 'hugging-face' }).id;
  });
  const bus = scratchBus({ store, clock });
  const context = {
    store,
    bus,
    log: silentLog,
    clock: { now: () => clock.at },
    config: configSchema.parse({ alerts: { language: 'en', ...alerts } }),
    notifiers: ['chat', 'mail'].map((name) => ({ name, type: 'file', defaultSamples: 'ids' })),
    linkOf: () => null,
  } as unknown as DaemonContext;
  const open = (kind: AlertKind, run = 'r', key = 'k') => {
    const alert = aboutRun(
      run,
      kind,
      'warning',
      { id: ids[run === 'r' ? 0 : 1]!, step: 100 },
      kind,
      { en: kind, zh: kind },
      key,
    );
    bus.transact(() => applyAlertChange(context, { change: 'open', alert, flipped: [] }));
    return alert;
  };
  const resolve = (id: string) =>
    bus.transact(() =>
      applyAlertChange(context, { change: 'resolve', alert: resolvedAlert(store.alerts.get(id)!, 200), flipped: [] }),
    );
  const sent = () =>
    store.deliveries.due(1000).map(({ channel, payload }) => {
      const { event, message } = payload as Outgoing;
      return `${channel} ${event}: ${message.texts[0]!.title}`;
    });
  return { store, bus, clock, context, open, resolve, sent };
}

it('what fires in a maintenance is kept, and what is left of it is one message a channel', () => {
  const { store, bus, clock, context, open, resolve, sent } = world({
    maintenance: [{ from: '20:00', until: '22:00' }],
    reminders: { every: '30m', severities: ['warning'] },
    routes: [{ to: ['chat'] }, { runs: ['Run s'], to: ['mail'] }],
  });
  const [gone, seen] = [open('stalled'), open('evaluation-failing')];
  open('regression');
  open('regression', 's');
  expect(store.alerts.get(gone.id)).toMatchObject({ state: 'firing', held: { by: 'maintenance', cause: null } });
  expect(store.alerts.history(gone.id).at(-1)!.why).toBe('kept during the maintenance');
  resolve(gone.id);
  answerAlert(store, bus, seen.id, 'acknowledge', { by: 'wei' });
  clock.at += HOUR;
  expect([releaseHeld(context), remind(context), sent()]).toEqual([false, false, []]);
  clock.at += HOUR;
  expect(releaseHeld(context)).toBe(true);
  expect(sent()).toEqual([
    'chat alerts.summary: The maintenance is over: 2 alerts open',
    'mail alerts.summary: The maintenance is over: 1 alert open',
  ]);
  expect(store.alerts.held()).toEqual([]);
  // Who was told just now is not reminded of two hours.
  expect([releaseHeld(context), remind(context)]).toEqual([false, false]);
  clock.at += 30 * MINUTE;
  expect(remind(context)).toBe(true);
});

it('that an alert told before is over is said when the maintenance is', () => {
  const { clock, open, resolve, sent } = world({ maintenance: [{ from: '21:00', until: '22:00' }] });
  const { id } = open('stalled');
  clock.at += HOUR;
  resolve(id);
  expect(sent()).toHaveLength(2);
  clock.at += HOUR;
  expect(sent().slice(2)).toEqual([
    expect.stringContaining('alert.resolved'),
    expect.stringContaining('alert.resolved'),
  ]);
});

it('a consequence is kept while its cause is open, and told once it outlives it', () => {
  const { store, clock, context, open, resolve, sent } = world({ routes: [{ to: ['chat'] }] });
  const cause = open('stalled');
  const [behind, vanished] = [open('falling-behind'), open('checkpoint-vanished')];
  open('falling-behind', 's');
  expect(store.alerts.get(behind.id)!.held).toEqual({ by: 'inhibited', cause: cause.id });
  expect(store.alerts.history(behind.id).at(-1)!.why).toBe('kept: it follows from "stalled"');
  expect(sent()).toHaveLength(2);
  resolve(vanished.id);
  resolve(cause.id);
  expect([releaseHeld(context), sent().length]).toEqual([false, 3]);
  clock.at += MINUTE;
  expect([releaseHeld(context), sent().length]).toEqual([true, 4]);
  expect(sent().at(-1)).toContain('evaluation');
  expect([releaseHeld(context), store.alerts.held()]).toEqual([false, []]);
});

it('may be switched off', () => {
  const { open, sent } = world({ inhibit: false, routes: [{ to: ['chat'] }] });
  open('stalled');
  open('falling-behind');
  expect(sent()).toHaveLength(2);
});

it('what comes and goes is told once, recorded all the same, and told as it is when it is calm', () => {
  const { store, clock, context, open, resolve, sent } = world({ routes: [{ to: ['chat'] }] });
  const lead = () => (store.deliveries.due(1000).at(-1)!.payload as Outgoing).message.texts[0]!.lead;
  const goRound = (key: string) => {
    const { id } = open('evaluation-failing', 'r', key);
    clock.at += MINUTE;
    resolve(id);
    clock.at += MINUTE;
    return id;
  };
  goRound('1');
  goRound('2');
  expect(sent()).toHaveLength(4);
  const third = goRound('3');
  expect(sent()).toHaveLength(5);
  expect(lead()).toMatch(/^It came and went 3 times within 24 h: no more is said of it until it is calm\. /);
  expect(store.alerts.history(third).map(({ to, why }) => why ?? to)).toEqual([
    'firing',
    'it comes and goes: told once more',
    'resolved',
  ]);
  for (const key of ['4', '5', '6']) goRound(key);
  clock.at += 5 * HOUR;
  const last = open('evaluation-failing', 'r', '7');
  expect(store.alerts.get(last.id)!.held).toEqual({ by: 'flapping', cause: null });
  clock.at += 5 * HOUR;
  expect([tellCalm(context), sent().length]).toEqual([false, 5]);
  clock.at += HOUR;
  expect([tellCalm(context), tellCalm(context), sent().length]).toEqual([true, false, 6]);
  expect(sent().at(-1)).toContain('alert.firing');
  expect(lead()).toMatch(/^It came and went before and is calm now\. evaluation-failing/);
  expect(store.alerts.held()).toEqual([]);
});

it('calm for good is told as over', () => {
  const { clock, context, open, resolve, sent } = world({ routes: [{ to: ['chat'] }], flapping: { times: 2 } });
  for (const key of ['1', '2']) resolve(open('stalled', 'r', key).id);
  expect(sent()).toHaveLength(3);
  clock.at += 6 * HOUR;
  tellCalm(context);
  expect(sent().at(-1)).toContain('alert.resolved');
});

it('a pause of ours is no stall of the training', () => {
  const { store, clock, context, sent } = world({ routes: [{ to: ['chat'] }] });
  const begin = clock.at;
  for (let i = 1; i <= 4; i++) {
    clock.at = begin + i * MINUTE;
    const { id } = store.checkpoints.add({ run: 'r', step: 100 + i, path: `/r/${i}`, format: 'hugging-face' });
    store.checkpoints.learn(id, { lastByteAt: clock.at });
  }
  const state = () => store.runs.require('r').state;
  clock.at += HOUR;
  watchForStalls(context, null);
  watchForStalls(context, clock.at - MINUTE + 1);
  expect([state(), sent()]).toEqual(['active', []]);
  watchForStalls(context, clock.at - MINUTE);
  expect([state(), sent().length]).toEqual(['stalled', 1]);
});

it('looking begins when all was looked at, and again after a break', async () => {
  let at = 1_000;
  let ready = () => {};
  const since = lookingSince({ now: () => at }, new Promise((resolve) => (ready = resolve)));
  expect(since()).toBeNull();
  ready();
  await Promise.resolve();
  at += 5_000;
  expect(since()).toBe(1_000);
  at += 3 * HOUR;
  expect(since()).toBe(at);
});
