import { expect, it } from 'vitest';
import { alertStorm } from '../fakes/alert-storm.ts';
import { drainOutbox } from '../fakes/drain-outbox.ts';
import { scratchStore } from '../store/scratch.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

function storm(runs: number, alerts: object = {}) {
  const { store, clock } = scratchStore();
  clock.at = 1_800_000_000_000;
  const made = alertStorm(store, clock, runs, alerts);
  const deliver = async () => {
    await drainOutbox(made.context);
    return made.sent.splice(0);
  };
  return { ...made, store, clock, deliver };
}

it('of thousands of alerts an hour of messages goes out, critical regressions first, and the rest as one', async () => {
  const { fire, deliver, store, clock } = storm(20);
  fire(3_000, { critical: true });
  const sent = await deliver();
  expect(sent).toHaveLength(60);
  expect(sent.slice(0, 30).map(({ alert }) => alert!.severity)).toEqual(Array(30).fill('critical'));
  const summary = sent.at(-1)!;
  expect(summary.event).toBe('alerts.held_back');
  expect(summary.message.texts.map(({ title }) => title)).toEqual([
    '2,941 more messages were held back',
    '另有 2,941 条消息被合并',
  ]);
  const [, runs] = summary.message.texts[0]!.sections;
  expect(runs!.lines).toHaveLength(9);
  // Nothing more, until there is room; then all that came meanwhile is one message.
  fire(500);
  clock.at += 59 * MINUTE;
  expect(await deliver()).toEqual([]);
  clock.at += MINUTE;
  const later = await deliver();
  expect(later.map(({ event }) => event)).toEqual(['alerts.held_back']);
  expect(later[0]!.message.texts[0]!.title).toBe('500 more messages were held back');
  fire(2);
  expect(await deliver()).toHaveLength(2);
  expect(store.deliveries.due(1)).toEqual([]);
});

it('says with an alert that its message was held back, and then that it was summed up', async () => {
  const { fire, deliver, store, clock } = storm(1, { limit: { per_hour: 2 } });
  fire(2);
  expect(await deliver()).toHaveLength(2);
  fire(1);
  expect(await deliver()).toEqual([]);
  const { id } = store.alerts.page({ limit: 100 }).find(({ title }) => title === 'Alert 2')!;
  expect(store.deliveries.ofAlert(id)).toMatchObject([{ state: 'pending', heldAt: clock.at, foldedInto: null }]);
  clock.at += HOUR;
  const [summary] = await deliver();
  expect(store.deliveries.ofAlert(id)).toMatchObject([{ state: 'sent', foldedInto: summary!.key }]);
  expect(summary!.message.texts[0]!.sections[0]!.lines).toEqual([expect.stringContaining('run-0')]);
  expect(summary!.alerts).toEqual([id]);
});

it('a channel that fails holds no more messages than it would have got', async () => {
  const { fire, context, store, clock } = storm(1);
  const down = {
    ...context.notifiers[0]!,
    send: async () => ({ kind: 'retry' as const, error: 'down', afterMs: null }),
  };
  const broken = { ...context, notifiers: [down] };
  for (let i = 0; i < 20; i++) {
    fire(20);
    await drainOutbox(broken);
    clock.at += MINUTE;
  }
  clock.at += 24 * HOUR;
  const sent: string[] = [];
  const up = {
    ...down,
    send: async ({ event }: { event: string }) => {
      sent.push(event);
      return { kind: 'sent' as const, detail: '' };
    },
  };
  await drainOutbox({ ...context, notifiers: [up] });
  expect(sent.length).toBeLessThanOrEqual(62);
  expect(store.deliveries.due(1)).toEqual([]);
});

it('without a limit everything goes out', async () => {
  const { fire, deliver } = storm(3, { limit: { per_hour: null } });
  fire(250);
  expect(await deliver()).toHaveLength(250);
});
