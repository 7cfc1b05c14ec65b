import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { createWebhookNotifier, signWebhook, webhookKey } from '../../../src/alert/notifiers/webhook.ts';
import { outgoingOf } from '../../../src/alert/outgoing.ts';
import { systemClock } from '../../../src/system/clock.ts';
import { startHttpCatcher } from '../../fakes/http-catcher.ts';
import { alert } from '../fixtures.ts';

const clock = { ...systemClock, now: () => 1_674_087_231_500 };
const AT = '2026-11-24T03:00:00.000Z';
const outgoing = outgoingOf(
  alert(),
  { name: 'hook', defaultSamples: 'ids' },
  { at: AT, event: 'alert.firing', language: 'en' },
);
const notifier = (url: string, secret: string | null = null, timeoutMs = 5_000) =>
  createWebhookNotifier({ name: 'hook', url, secret, clock, timeoutMs });

test('the signature of the specification: test vector', () => {
  const key = Uint8Array.from({ length: 32 }, (_, i) => i);
  expect(signWebhook(key, 'msg_1', 1674087231, '{"type":"alert.firing"}')).toBe(
    'v1,/BJofvXVubRQF+HPkntAcFwESA5uHEb95b7ZccCeYHc=',
  );
  expect(webhookKey('hook', `whsec_${Buffer.from(key).toString('base64')}`)).toEqual(Buffer.from(key));
});

test('arrives signed over the very bytes that were sent, with the same id on every attempt', async () => {
  await using catcher = await startHttpCatcher();
  const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
  const hook = notifier(`${catcher.url}/libra?key=1`, secret);
  expect(await hook.send(outgoing)).toEqual({ kind: 'sent', detail: 'HTTP 204' });
  await hook.send(outgoing);
  hook.close();
  const [first, second] = catcher.caught;
  expect(first!.path).toBe('/libra?key=1');
  expect(second!.headers['webhook-id']).toBe(first!.headers['webhook-id']);
  expect(first!.headers['webhook-timestamp']).toBe('1674087231');
  const signed = `${first!.headers['webhook-id']}.1674087231.${first!.body}`;
  const expected = createHmac('sha256', Buffer.alloc(24, 7)).update(signed).digest('base64');
  expect(first!.headers['webhook-signature']).toBe(`v1,${expected}`);
  const body = JSON.parse(first!.body);
  expect(body).toMatchObject({
    type: 'alert.firing',
    timestamp: AT,
    data: { run: 'forgetting', alert: { id: 'a1b2c3d4e5f60718' } },
  });
  expect(body.data.texts[0].title).toContain('Chinese culture');
  expect(first!.body).not.toContain('画蛇添');
  expect(first!.body.length).toBeLessThan(20_000);
});

test('without a secret there is no signature', async () => {
  await using catcher = await startHttpCatcher();
  const hook = notifier(catcher.url);
  await hook.send(outgoing);
  hook.close();
  expect(catcher.caught[0]!.headers).not.toHaveProperty('webhook-signature');
});

test.each([
  [429, { 'retry-after': '7' }, { kind: 'retry', afterMs: 7_000 }],
  [503, { 'retry-after': 'Thu, 19 Jan 2023 00:14:01 GMT' }, { kind: 'retry', afterMs: 9_500 }],
  [500, {}, { kind: 'retry', afterMs: null }],
  [400, {}, { kind: 'dead' }],
  [410, {}, { kind: 'dead' }],
])('answer %i', async (status, headers, expected) => {
  await using catcher = await startHttpCatcher(() => ({ status, headers: headers as Record<string, string> }));
  const hook = notifier(catcher.url);
  expect(await hook.send(outgoing)).toMatchObject(expected);
  hook.close();
});

test('a redirect is a failure and is not followed', async () => {
  await using other = await startHttpCatcher();
  await using catcher = await startHttpCatcher(() => ({ status: 302, headers: { location: other.url } }));
  const hook = notifier(catcher.url);
  expect(await hook.send(outgoing)).toMatchObject({ kind: 'dead', error: expect.stringContaining('Redirect') });
  hook.close();
  expect(other.caught).toHaveLength(0);
});

test('a server that never answers is given up in time, one that is not there too; the address is not told', async () => {
  await using catcher = await startHttpCatcher(() => ({ status: 0 }));
  const hook = notifier(`${catcher.url}/secret-token`, null, 60);
  const outcome = await hook.send(outgoing);
  hook.close();
  expect(outcome).toMatchObject({ kind: 'retry', error: expect.stringContaining('timeout') });
  expect(JSON.stringify(outcome)).not.toContain('secret-token');
  const gone = notifier('http://127.0.0.1:1/');
  expect(await gone.send(outgoing)).toMatchObject({ kind: 'retry', error: expect.stringContaining('refused') });
  gone.close();
});

test('an address or a secret that can not be used is an error of the configuration', () => {
  expect(() => notifier('ftp://x')).toThrow(expect.objectContaining({ code: 'LIBRA_CONFIG_INVALID' }));
  expect(() => notifier('http://x', 'whsec_c2hvcnQ=')).toThrow(
    expect.objectContaining({ code: 'LIBRA_CONFIG_INVALID' }),
  );
});
