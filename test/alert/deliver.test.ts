import { expect, test } from 'vitest';
import { type DeliveryReport, deliver } from '../../src/alert/deliver.ts';
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

const attempt = (one: Delivery, notifier: Notifier | null): Promise<DeliveryReport | null> =>
  deliver(one, { notifier, now: () => 1_000, random: () => 0.5 });

test('what a server takes is sent, what it can not take now is tried again', async () => {
  await using down = await startHttpCatcher(() => ({ status: 503 }));
  await using up = await startHttpCatcher();
  const hooks = [down, up].map(({ url }) =>
    createWebhookNotifier({ name: 'hook', url, secret: null, clock: systemClock }),
  );
  expect(await attempt(delivery(1, 'hook'), hooks[0]!)).toMatchObject({ state: 'pending', attempts: 1 });
  expect(await attempt(delivery(2, 'hook'), hooks[1]!)).toMatchObject({ state: 'sent', nextAt: null });
  for (const hook of hooks) hook.close();
  expect(up.caught.map(({ headers }) => headers['webhook-id'])).toEqual(['key-2']);
});

test('waits grow, with jitter, and honour what the other side asks for', async () => {
  const failing = (afterMs: number | null) => scripted('c', async () => ({ kind: 'retry', error: 'no', afterMs }));
  const nextAt = async (attempts: number, afterMs: number | null) =>
    (await attempt(delivery(1, 'c', attempts), failing(afterMs)))!.nextAt;
  expect(await nextAt(0, null)).toBe(1_000 + 5_500);
  expect(await nextAt(1, null)).toBe(1_000 + 33_000);
  expect(await nextAt(0, 60_000)).toBe(61_000);
  expect(await attempt(delivery(1, 'c', 10), failing(null))).toMatchObject({ state: 'dead', nextAt: null });
});

test('refused for good is dead at once; a missing channel says so', async () => {
  const refusing = scripted('c', async () => ({ kind: 'dead', error: 'bad address' }));
  expect(await attempt(delivery(1, 'c'), refusing)).toMatchObject({ state: 'dead', error: 'bad address' });
  const missing = await attempt(delivery(2, 'removed'), null);
  expect(missing).toMatchObject({ state: 'dead', error: expect.stringContaining('no notifier "removed"') });
});

test('a notifier that throws is a failed attempt, never an error', async () => {
  const broken = scripted('c', () => Promise.reject(new Error('bug')));
  expect(await attempt(delivery(1, 'c'), broken)).toMatchObject({ state: 'pending', attempts: 1, error: 'bug' });
});

test('what is called off before anything is known is not kept; what went out is', async () => {
  const calledOff = new AbortController();
  const send = (outcome: DeliveryOutcome) =>
    scripted('c', async () => {
      calledOff.abort();
      return outcome;
    });
  const options = { now: () => 0, random: () => 0, signal: calledOff.signal };
  const sent = send({ kind: 'sent', detail: '' });
  expect(await deliver(delivery(1, 'c'), { ...options, notifier: sent })).toMatchObject({ state: 'sent' });
  expect(await deliver(delivery(1, 'c'), { ...options, notifier: sent })).toBeNull();
});
