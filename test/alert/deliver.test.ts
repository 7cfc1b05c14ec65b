import { expect, test } from 'vitest';
import { type DeliveryReport, deliverPending } from '../../src/alert/deliver.ts';
import type { DeliveryOutcome, Notifier } from '../../src/alert/notifier.ts';
import { createWebhookNotifier } from '../../src/alert/notifiers/webhook.ts';
import { outgoingOf } from '../../src/alert/outgoing.ts';
import type { Delivery } from '../../src/domain/delivery.ts';
import { systemClock } from '../../src/system/clock.ts';
import { startHttpCatcher } from '../fakes/http-catcher.ts';
import { alert } from './fixtures.ts';

function delivery(id: number, channel: string, attempts = 0): Delivery {
  const outgoing = outgoingOf(
    alert(),
    { name: channel, defaultSamples: 'ids' },
    { at: '2026-11-24T03:00:00.000Z', event: 'alert.firing', language: 'en' },
  );
  return {
    id,
    alert: 'a',
    event: 'alert.firing',
    channel,
    key: `key-${id}`,
    state: 'pending',
    attempts,
    nextAt: 0,
    lastError: null,
    payload: { ...outgoing, key: `key-${id}` },
    createdAt: 0,
    heldAt: null,
    foldedInto: null,
  };
}

const scripted = (name: string, answer: () => Promise<DeliveryOutcome>): Notifier => ({
  name,
  type: 'scripted',
  defaultSamples: 'none',
  send: answer,
  close: () => {},
});

async function deliver(deliveries: readonly Delivery[], notifiers: readonly Notifier[]): Promise<DeliveryReport[]> {
  const reports: DeliveryReport[] = [];
  await deliverPending({
    deliveries,
    notifiers,
    now: () => 1_000,
    random: () => 0.5,
    report: (report) => reports.push(report),
  });
  return reports;
}

test('a broken channel holds its own messages back in order and nobody else', async () => {
  await using down = await startHttpCatcher(() => ({ status: 503 }));
  await using up = await startHttpCatcher();
  const hooks = [down, up].map(({ url }, i) =>
    createWebhookNotifier({ name: i ? 'up' : 'down', url, secret: null, clock: systemClock }),
  );
  const reports = await deliver(
    [delivery(1, 'down'), delivery(2, 'up'), delivery(3, 'down'), delivery(4, 'up')],
    hooks,
  );
  for (const hook of hooks) hook.close();
  expect(down.caught).toHaveLength(1);
  expect(up.caught.map(({ headers }) => headers['webhook-id'])).toEqual(['key-2', 'key-4']);
  const states = Object.fromEntries(reports.map((report) => [report.delivery.id, report.state]));
  expect(states).toEqual({ 1: 'pending', 2: 'sent', 4: 'sent' });
});

test('waits grow, with jitter, and honour what the other side asks for', async () => {
  const failing = (afterMs: number | null) => scripted('c', async () => ({ kind: 'retry', error: 'no', afterMs }));
  const nextAt = async (attempts: number, afterMs: number | null) =>
    (await deliver([delivery(1, 'c', attempts)], [failing(afterMs)]))[0]!.nextAt;
  expect(await nextAt(0, null)).toBe(1_000 + 5_500);
  expect(await nextAt(1, null)).toBe(1_000 + 33_000);
  expect(await nextAt(0, 60_000)).toBe(61_000);
  expect((await deliver([delivery(1, 'c', 10)], [failing(null)]))[0]).toMatchObject({ state: 'dead', nextAt: null });
});

test('refused for good is dead at once and lets the next one through; a missing channel says so', async () => {
  let count = 0;
  const picky = scripted('c', async () =>
    count++ === 0 ? { kind: 'dead', error: 'bad address' } : { kind: 'sent', detail: '' },
  );
  const reports = await deliver([delivery(1, 'c'), delivery(2, 'c'), delivery(3, 'removed')], [picky]);
  expect(reports.map(({ delivery: { id }, state }) => [id, state]).sort()).toEqual([
    [1, 'dead'],
    [2, 'sent'],
    [3, 'dead'],
  ]);
  expect(reports.find((report) => report.delivery.id === 3)!.error).toContain('no notifier "removed"');
});

test('a notifier that throws is a failed attempt, never an error', async () => {
  const broken = scripted('c', () => Promise.reject(new Error('bug')));
  expect(await deliver([delivery(1, 'c')], [broken])).toMatchObject([{ state: 'pending', attempts: 1, error: 'bug' }]);
});
