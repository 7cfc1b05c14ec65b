/** The links of messages: what a look at them does (nothing), what the button does, and everything that must not work. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type ActionLink, type ActionLinks, openActionLinks } from '../../src/daemon/action-links.ts';
import { systemClock } from '../../src/system/clock.ts';
import { startServer, type TestServer, withToken } from './start-server.ts';

const DAY = 86_400_000;
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
let directory: string;
let links: ActionLinks;
let test: TestServer;
let now: number;
let open: string[];
let alert: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'libra-links-'));
  links = openActionLinks(directory);
  now = Date.now();
  open = ['team'];
  test = startServer({
    actions: { links, isOpenTo: (channel) => open.includes(channel) },
    clock: { ...systemClock, now: () => now },
  });
  alert = test.store.alerts.page({}).find(({ state }) => state === 'firing')!.id;
});
afterEach(async () => {
  await test.stop();
  rmSync(directory, { recursive: true, force: true });
});

const make = (changes: Partial<ActionLink> = {}) =>
  new URL(links.make('http://localhost', { alert, action: 'acknowledge', channel: 'team', ...changes }, now));
const ask = (method: 'GET' | 'HEAD' | 'POST', link: URL, headers: Record<string, string> = {}) => {
  const host = { host: 'localhost', ...headers };
  return method === 'POST'
    ? test.server.app.inject({
        method,
        url: link.pathname,
        headers: { ...FORM, ...host },
        payload: link.search.slice(1),
      })
    : test.server.app.inject({ method, url: link.pathname + link.search, headers: host });
};
const stateOf = () => test.store.alerts.get(alert)!;
/** Nothing was changed by anybody. */
const isUntouched = () =>
  stateOf().state === 'firing' && test.store.alerts.history(alert).every(({ by }) => by === 'libra');

it('looking changes nothing, however it is done; the page has a button and needs no script', async () => {
  for (const method of ['GET', 'HEAD', 'GET'] as const) {
    const page = await ask(method, make());
    expect(page.statusCode).toBe(200);
    expect(page.headers['content-security-policy']).toMatch(/default-src 'none'.*form-action 'self'/);
    expect(page.headers['cache-control']).toBe('no-store');
    expect(page.headers['referrer-policy']).toBe('no-referrer');
    if (method === 'GET') {
      expect(page.body).toContain('<form method="post">');
      expect(page.body).toContain('确认 · Acknowledge');
      expect(page.body).toContain(stateOf().title);
      expect(page.body).not.toContain('<script');
    }
  }
  expect(isUntouched()).toBe(true);
});

it('the button acknowledges by the name of the channel, without a token, and once', async () => {
  const link = make();
  expect((await ask('POST', link)).body).toContain('Done.');
  expect(stateOf().state).toBe('acknowledged');
  const history = test.store.alerts.history(alert);
  expect(history.at(-1)).toMatchObject({ to: 'acknowledged', by: 'by link from team' });
  expect((await ask('POST', link)).statusCode).toBe(200);
  expect((await ask('GET', link)).body).not.toContain('<button');
  expect(test.store.alerts.history(alert)).toEqual(history);
});

it('a silence lasts from the press of the button, and a link used again does not make it longer', async () => {
  const link = make({ action: 'silence-24h' });
  now += DAY;
  await ask('POST', link);
  expect(stateOf()).toMatchObject({ state: 'silenced', silencedUntil: now + DAY });
  const until = now + DAY;
  now += 5_000;
  await ask('POST', link);
  expect(stateOf().silencedUntil).toBe(until);
});

it('a link is good for seven days and no longer', async () => {
  const link = make();
  now += 7 * DAY - 1;
  expect((await ask('GET', link)).statusCode).toBe(200);
  now += 1;
  for (const method of ['GET', 'POST'] as const) {
    const page = await ask(method, link);
    expect([page.statusCode, page.body]).toEqual([410, expect.stringContaining('链接已过期')]);
  }
  expect(isUntouched()).toBe(true);
});

it('a link that was changed in any part does nothing and tells nothing', async () => {
  const { createdAt: _, stateAt: __, ...known } = stateOf();
  const other = 'another';
  test.store.alerts.save({ ...known, id: other }, 'libra');
  const changed: ((link: URL) => void)[] = [
    (link) => link.searchParams.set('expires', String(now + 30 * DAY)),
    (link) => link.searchParams.set('by', 'mail'),
    (link) => link.searchParams.set('sign', `${link.searchParams.get('sign')!.slice(0, -2)}xx`),
    (link) => link.searchParams.delete('sign'),
    (link) => {
      link.pathname = link.pathname.replace('acknowledge', 'silence-24h');
    },
    (link) => {
      link.pathname = link.pathname.replace('acknowledge', 'resolve');
    },
    (link) => {
      link.pathname = link.pathname.replace(encodeURIComponent(alert), encodeURIComponent(other));
    },
  ];
  open.push('mail');
  for (const change of changed) {
    const link = make();
    change(link);
    for (const method of ['GET', 'POST'] as const) {
      const page = await ask(method, link);
      expect([page.statusCode, String(change)]).toEqual([403, String(change)]);
      expect(page.body).not.toContain(stateOf().title);
    }
  }
  expect(isUntouched()).toBe(true);
});

it('a link of another key, of a channel that is gone, or of links that were switched off is void', async () => {
  const elsewhere = mkdtempSync(join(tmpdir(), 'libra-links-'));
  const foreign = new URL(
    openActionLinks(elsewhere).make('http://localhost', { alert, action: 'acknowledge', channel: 'team' }, now),
  );
  rmSync(elsewhere, { recursive: true, force: true });
  expect((await ask('POST', foreign)).statusCode).toBe(403);
  const link = make();
  open = [];
  expect((await ask('POST', link)).statusCode).toBe(403);
  expect(isUntouched()).toBe(true);
  expect(statSync(join(directory, 'link-key')).mode & 0o777).toBe(0o600);
});

it('an alert that is over says so, one that is not there says that', async () => {
  const { createdAt: _, stateAt: __, ...known } = stateOf();
  test.store.alerts.save({ ...known, state: 'resolved' }, 'libra');
  for (const method of ['GET', 'POST'] as const) {
    const page = await ask(method, make());
    expect([page.statusCode, page.body]).toEqual([409, expect.stringContaining('resolved already')]);
    expect(page.body).not.toContain('<button');
  }
  expect((await ask('GET', make({ alert: 'none' }))).statusCode).toBe(404);
});

it('the signature is good for nothing else: foreign hosts, forms elsewhere and the API stay closed', async () => {
  expect((await ask('GET', make(), { host: 'evil.example' })).statusCode).toBe(421);
  expect((await ask('POST', make(), { host: 'evil.example' })).statusCode).toBe(421);
  const url = `/api/v1/alerts/${encodeURIComponent(alert)}/acknowledge`;
  const payload = make().search.slice(1);
  const asForm = await test.server.app.inject({ method: 'POST', url, headers: { ...FORM, ...withToken }, payload });
  expect(asForm.statusCode).toBe(415);
  const asJson = { method: 'POST' as const, url: `${url}?${payload}`, headers: { host: 'localhost' }, payload: {} };
  expect((await test.server.app.inject(asJson)).statusCode).toBe(401);
  expect(isUntouched()).toBe(true);
});

it('by its public name it is found, and reading by that name needs a token even where the server listens on loopback', async () => {
  const config = { host: '127.0.0.1', port: 0, tokens: [], publicUrl: 'https://libra.example.com/' };
  const there = startServer({ config, actions: { links, isOpenTo: () => true } });
  const get = (url: string, host: string) => there.server.app.inject({ url, headers: { host } });
  const link = make();
  expect((await get(link.pathname + link.search, 'libra.example.com')).statusCode).toBe(200);
  expect((await get('/api/v1/runs', 'libra.example.com')).statusCode).toBe(401);
  expect((await get('/api/v1/runs', 'localhost:7700')).statusCode).toBe(200);
  await there.stop();
});
