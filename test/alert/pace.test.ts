import { expect, it } from 'vitest';
import type { Notifier } from '../../src/alert/notifier.ts';
import { keepPace, nextCallAt, type PaceBook, type Rate } from '../../src/alert/pace.ts';
import { configSchema } from '../../src/config/schema.ts';
import { openNotifiers } from '../../src/daemon/open-notifiers.ts';
import { systemClock } from '../../src/system/clock.ts';

const RATES: readonly Rate[] = [
  { count: 2, perMs: 1_000 },
  { count: 3, perMs: 10_000 },
];

/** Times at which so many calls are made that are all wanted at once. */
function calls(rates: readonly Rate[], count: number): number[] {
  const times: number[] = [];
  for (let i = 0; i < count; i++) times.push(nextCallAt(rates, times, 0));
  return times;
}

it('no stretch ever holds more calls than a rate allows, and none waits without need', () => {
  const times = calls(RATES, 8);
  expect(times).toEqual([0, 0, 1_000, 10_000, 10_000, 11_000, 20_000, 20_000]);
  for (const { count, perMs } of RATES)
    for (const at of times)
      expect(times.filter((time) => time >= at && time < at + perMs).length).toBeLessThanOrEqual(count);
});

it('channels that lead to one place wait for each other, others do not, and a new configuration forgets nothing', async () => {
  let now = 0;
  const sentAt: number[] = [];
  const clock = {
    ...systemClock,
    now: () => now,
    sleep: async (ms: number) => {
      now += ms;
    },
  };
  const book: PaceBook = new Map();
  const open = (key: string) => {
    const notifier: Notifier = {
      name: key,
      type: 'chat',
      defaultSamples: 'ids',
      pace: { key, rates: [{ count: 1, perMs: 1_000 }] },
      send: async () => {
        sentAt.push(now);
        return { kind: 'sent', detail: '' };
      },
      close: () => {},
    };
    return keepPace(notifier, book, clock);
  };
  const [one, same, other] = [open('a'), open('a'), open('b')];
  for (const notifier of [one, same, other, open('a')]) await notifier.send({} as never);
  expect(sentAt).toEqual([0, 1_000, 1_000, 2_000]);
});

it('every chat keeps to what its service allows', () => {
  const url = 'https://chat.example/hook/aaaaaaaaaaaa';
  const chats = ['feishu', 'dingtalk', 'wecom', 'slack', 'discord', 'teams'];
  const { notifiers } = configSchema.parse({
    notifiers: {
      ...Object.fromEntries(chats.map((type) => [type, { type, url }])),
      telegram: { type: 'telegram', token: 'env:TOKEN', chat: '-100' },
    },
  });
  const terminal = { write: () => {}, isTTY: false };
  const opened = openNotifiers(
    { ...configSchema.parse({}), notifiers },
    { env: { TOKEN: '1:abc' }, clock: systemClock, roots: [], terminal },
  );
  const lastOf = (name: string, count: number) =>
    calls(opened.find((one) => one.name === name)!.pace!.rates, count).at(-1)!;
  for (const name of ['dingtalk', 'wecom', 'telegram']) expect(lastOf(name, 21)).toBeGreaterThanOrEqual(60_000);
  expect(lastOf('telegram', 2)).toBeGreaterThanOrEqual(1_000);
  expect(lastOf('slack', 2)).toBeGreaterThanOrEqual(1_000);
  expect(lastOf('feishu', 6)).toBeGreaterThanOrEqual(1_000);
  expect(lastOf('feishu', 101)).toBeGreaterThanOrEqual(60_000);
  expect(lastOf('discord', 6)).toBeGreaterThanOrEqual(2_000);
  expect(lastOf('discord', 31)).toBeGreaterThanOrEqual(60_000);
  expect(lastOf('teams', 5)).toBeGreaterThanOrEqual(1_000);
  for (const notifier of opened) notifier.close();
});
