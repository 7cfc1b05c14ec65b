/** The outbox under all that goes wrong: killed again and again while it delivers to servers of which most misbehave. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { createWebhookNotifier } from '../../src/alert/notifiers/webhook.ts';
import { createServer } from '../../src/api/server.ts';
import { configSchema } from '../../src/config/schema.ts';
import { startOutbox } from '../../src/daemon/deliver-outbox.ts';
import { examineOutbox } from '../../src/daemon/examine-outbox.ts';
import { openStore } from '../../src/store/open-store.ts';
import { systemClock } from '../../src/system/clock.ts';
import { silentLog } from '../../src/system/log.ts';
import {
  type FlakyAnswer,
  startEndlessBody,
  startFlaky,
  startResetter,
  startSelfSigned,
  startSlowLoris,
  startSlowMail,
} from '../fakes/bad-servers.ts';
import { startHttpCatcher } from '../fakes/http-catcher.ts';
import { startMailCatcher } from '../fakes/mail-catcher.ts';
import { scratchBus, scratchDirectory, scratchStore } from '../store/scratch.ts';

const program = fileURLToPath(new URL('./outbox-process.ts', import.meta.url));
const KILLS = 20;
const ALERTS = 120;
const SEED = 20_261_127;

/** Park and Miller's minimal standard generator: uniform in (0, 1). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** Fails now and then, but never more than twice on end. */
function moody(random: () => number): () => FlakyAnswer {
  let failures = 0;
  return () => {
    const isFine = failures === 2 || random() < 0.65;
    failures = isFine ? 0 : failures + 1;
    return isFine ? 'fine' : (['error', 'too-many', 'reset', 'silence'] as const)[Math.floor(4 * random())]!;
  };
}

function start(directory: string, file: string, durable: Set<string>): ChildProcess {
  const child = spawn(process.execPath, ['--import', 'tsx', program, directory, file, String(ALERTS)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  createInterface({ input: child.stdout! }).on('line', (line) => durable.add(line));
  return child;
}

async function until(what: string, isSo: () => boolean): Promise<void> {
  for (const end = performance.now() + 40_000; !isSo(); await systemClock.sleep(20))
    if (performance.now() > end) throw new Error(`It never came: ${what}.`);
}

/** Without what came again: the first time counts. */
const distinct = (ids: readonly string[]): string[] => [...new Set(ids)];
const mailStep = (raw: string): string => /^Subject: .*step (\d+)/m.exec(raw)?.[1] ?? '';
const alertIn = (text: string): string => /alert-\d{4}/.exec(text)?.[0] ?? '';

it('killed twenty times among servers that fail in every way, each healthy channel gets every alert, in order, and no channel waits for another', async () => {
  const random = seeded(SEED);
  const got = { hook: [] as string[], flaky: [] as string[] };
  const idsOf = new Map<string, Set<string>>();
  const note = (channel: 'hook' | 'flaky') => (id: string, body: string) => {
    got[channel].push(alertIn(body));
    const key = `${channel} ${alertIn(body)}`;
    idsOf.set(key, (idsOf.get(key) ?? new Set()).add(id));
  };
  await using hook = await startFlaky(() => 'fine', note('hook'));
  await using flaky = await startFlaky(moody(random), note('flaky'));
  await using mail = await startMailCatcher();
  await using silent = await startHttpCatcher(() => ({ status: 0 }));
  await using loris = await startSlowLoris(20);
  await using endless = await startEndlessBody(20);
  await using slowMail = await startSlowMail(20);
  await using resetter = await startResetter();
  await using selfSigned = await startSelfSigned();
  await using gone = await startHttpCatcher(() => ({ status: 410 }));
  // Answers 200 with what is no success for a robot.
  await using robot = await startFlaky(
    () => 'fine',
    () => {},
  );
  const directory = scratchDirectory();
  const file = join(directory, 'libra.yaml');
  const url = ({ port }: { readonly port: number }) => `http://127.0.0.1:${port}/a`;
  const smtp = (port: number) => ({
    type: 'email',
    host: '127.0.0.1',
    port,
    from: 'l@example.com',
    to: ['t@example.com'],
  });
  const notifiers = {
    loris: { type: 'webhook', url: url(loris) },
    endless: { type: 'webhook', url: url(endless) },
    silent: { type: 'webhook', url: silent.url },
    slowmail: smtp(slowMail.port),
    resetter: { type: 'webhook', url: url(resetter) },
    selfsigned: { type: 'webhook', url: `https://localhost:${selfSigned.port}/` },
    unknown: { type: 'webhook', url: 'https://name.invalid/' },
    gone: { type: 'webhook', url: gone.url },
    robot: { type: 'dingtalk', url: url(robot) },
    flaky: { type: 'webhook', url: url(flaky) },
    hook: { type: 'webhook', url: url(hook) },
    mail: smtp(mail.port),
  };
  writeFileSync(file, JSON.stringify({ alerts: { limit: { per_hour: null }, flapping: { times: null } }, notifiers }));

  const durable = new Set<string>();
  for (let kill = 0; kill < KILLS; kill++) {
    const before = hook.tries();
    const child = start(directory, file, durable);
    // From before it opens its database to the middle of its work.
    if (random() < 0.85)
      await until('a message after a kill', () => hook.tries() > before || distinct(got.hook).length === ALERTS);
    await systemClock.sleep(Math.floor(120 * random()));
    child.kill('SIGKILL');
    await once(child, 'close');
  }
  const child = start(directory, file, durable);
  const mailed = () => distinct(mail.mails.map(({ raw }) => raw).map(mailStep));
  await until('all by webhook', () => distinct(got.hook).length === ALERTS);
  await until('all by the flaky webhook', () => distinct(got.flaky).length === ALERTS);
  await until('all by mail', () => mailed().length === ALERTS);
  await until('a try of the others', () =>
    [loris, endless, slowMail, resetter, selfSigned].every(({ tries }) => tries() > 0),
  );
  child.kill('SIGTERM');
  await once(child, 'close');

  const all = Array.from({ length: ALERTS }, (_, number) => `alert-${String(number).padStart(4, '0')}`);
  // What was called durable, and what was committed without a word before a kill.
  expect(durable.size).toBeGreaterThan(ALERTS / 2);
  expect(distinct(got.hook)).toEqual(all);
  expect(distinct(got.flaky)).toEqual(all);
  expect(mailed()).toEqual(all.map((_, number) => String(number)));
  // What came twice came under the same id.
  expect([...idsOf.values()].map(({ size }) => size)).toEqual(Array(2 * ALERTS).fill(1));

  const troubled = new Map(examineOutbox(directory).map(({ name, found }) => [name, found]));
  expect(troubled.get('outbox:gone')).toMatch(/given up.*gone for good/);
  expect(troubled.get('outbox:robot')).toBeDefined();
  expect(troubled.get('outbox:selfsigned')).toContain('certificate');
  expect(troubled.get('outbox:unknown')).toContain('unresolvable');
  for (const name of ['loris', 'endless', 'silent']) expect(troubled.get(`outbox:${name}`)).toContain('timeout');
  expect(troubled.get('outbox:slowmail')).toContain('did not end within');
  for (const name of ['hook', 'flaky', 'mail']) expect(troubled.has(`outbox:${name}`)).toBe(false);
  expect(await deadByApi(directory)).toContainEqual(expect.objectContaining({ channel: 'gone', state: 'dead' }));
}, 120_000);

/** What the API says of the messages of one alert. */
async function deadByApi(directory: string): Promise<unknown[]> {
  const store = openStore({ directory, now: Date.now });
  const server = createServer({
    store,
    events: scratchBus({ store, clock: { at: 0 } }),
    config: { host: '127.0.0.1', port: 0, tokens: [] },
    token: 'token-of-this-test-only',
    poke: () => {},
    version: '0.0.0',
    log: silentLog,
  });
  try {
    const headers = { host: 'localhost' };
    const reply = await server.app.inject({ url: '/api/v1/alerts/alert-0003', headers });
    return reply.json<{ deliveries: unknown[] }>().deliveries;
  } finally {
    await server.close();
    store.close();
  }
}

it('who hangs holds up nobody else: what is put in while it hangs goes out at once', async () => {
  await using loris = await startSlowLoris(20);
  let arrived = 0;
  await using hook = await startFlaky(
    () => 'fine',
    () => {
      arrived += 1;
    },
  );
  const { store } = scratchStore();
  const webhook = (name: string, port: number) =>
    createWebhookNotifier({ name, url: `http://127.0.0.1:${port}/`, secret: null, clock: systemClock });
  const notifiers = [webhook('loris', loris.port), webhook('hook', hook.port)];
  const payload = { event: 'x', at: '', alert: null, message: { run: 'r', texts: [], link: null } };
  const put = (channel: string, key: string) =>
    store.deliveries.enqueue({ event: 'x', channel, key, payload: { ...payload, key } });
  put('loris', 'a');
  const outbox = startOutbox({ store, config: configSchema.parse({}), notifiers, clock: systemClock, log: silentLog });
  await until('the hanging one', () => loris.tries() === 1);
  for (let number = 0; number < 5; number++) {
    const startedAt = performance.now();
    store.transaction(() => put('loris', `loris ${number}`) && put('hook', `hook ${number}`));
    await until('the other one', () => arrived === number + 1);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  }
  expect(loris.tries()).toBe(1);
  await outbox.stop();
  for (const notifier of notifiers) notifier.close();
  expect(store.deliveries.due().map(({ channel }) => channel)).toEqual(Array(6).fill('loris'));
});
