import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { createEmailNotifier, type EmailNotifierOptions } from '../../../src/alert/notifiers/email.ts';
import { outgoingOf } from '../../../src/alert/outgoing.ts';
import { SELF_SIGNED } from '../../fakes/bad-servers.ts';
import { startMailCatcher } from '../../fakes/mail-catcher.ts';
import { alert } from '../fixtures.ts';

const notifier = (port: number, overrides: Partial<EmailNotifierOptions> = {}) =>
  createEmailNotifier({
    name: 'mail',
    host: '127.0.0.1',
    port,
    tls: false,
    user: null,
    password: null,
    from: 'Libra <libra@example.com>',
    to: ['team@example.com'],
    timeoutMs: 5_000,
    ...overrides,
  });
const options = { at: '2026-11-24T03:00:00.000Z', language: 'both' } as const;
const firing = outgoingOf(alert(), { name: 'mail', defaultSamples: 'ids' }, { ...options, event: 'alert.firing' });
const resolved = outgoingOf(
  alert({ state: 'resolved', resolvedAtStep: 2600 }),
  { name: 'mail', defaultSamples: 'ids' },
  { ...options, event: 'alert.resolved' },
);
const header = (raw: string, name: string) => new RegExp(`^${name}: (.*)$`, 'mi').exec(raw)?.[1]?.trim();

test('text and HTML arrive; firing and resolved are one thread, marked as automatic', async () => {
  await using catcher = await startMailCatcher();
  const mail = notifier(catcher.port);
  expect(await mail.send(firing)).toMatchObject({ kind: 'sent' });
  expect(await mail.send(resolved)).toMatchObject({ kind: 'sent' });
  mail.close();
  const [first, second] = catcher.mails.map(({ raw }) => raw);
  expect(header(first!, 'Content-Type')).toContain('multipart/alternative');
  expect(first).toContain('text/plain');
  expect(first).toContain('text/html');
  expect(header(first!, 'Auto-Submitted')).toBe('auto-generated');
  expect(header(first!, 'X-Auto-Response-Suppress')).toBe('OOF, AutoReply');
  expect(header(first!, 'List-Id')).toBe('Libra forgetting <forgetting.libra.example.com>');
  expect(header(first!, 'References')).toMatch(/^<alert-[0-9a-f]+@example\.com>$/);
  expect(header(second!, 'References')).toBe(header(first!, 'References'));
  expect(header(second!, 'Message-ID')).not.toBe(header(first!, 'Message-ID'));
  expect(header(second!, 'Subject')).toBe(`[Resolved] ${header(first!, 'Subject')}`);
  expect(header(first!, 'Subject')).toContain('forgetting: 2 capabilities regressed');
});

test('a run name can not add headers', async () => {
  await using catcher = await startMailCatcher();
  const hostile = outgoingOf(
    alert(),
    { name: 'mail', defaultSamples: 'ids' },
    { ...options, event: 'alert.firing', runName: 'x\r\nBcc: evil@example.com' },
  );
  const mail = notifier(catcher.port);
  await mail.send(hostile);
  mail.close();
  expect(catcher.mails[0]!.to).toEqual(['team@example.com']);
  expect(header(catcher.mails[0]!.raw, 'Bcc')).toBeUndefined();
});

test.each([
  [550, 'dead'],
  [451, 'retry'],
])('a receiver refused with %i is %s', async (code, kind) => {
  await using catcher = await startMailCatcher({ refuse: () => code });
  const mail = notifier(catcher.port);
  expect(await mail.send(firing)).toMatchObject({ kind });
  mail.close();
});

test('a wrong password is for good, a server that is not there passes', async () => {
  await using catcher = await startMailCatcher({ user: { name: 'libra', password: 'right' } });
  const wrong = notifier(catcher.port, { user: 'libra', password: 'wrong' });
  expect(await wrong.send(firing)).toMatchObject({ kind: 'dead' });
  wrong.close();
  const right = notifier(catcher.port, { user: 'libra', password: 'right' });
  expect(await right.send(firing)).toMatchObject({ kind: 'sent' });
  right.close();
  const gone = notifier(1);
  expect(await gone.send(firing)).toMatchObject({ kind: 'retry' });
  gone.close();
});

test('the trend comes as a picture inside the mail, beside words for who sees none', async () => {
  await using catcher = await startMailCatcher();
  const points = [0.85, 0.86, 0.7].map((value, i) => ({ step: i + 1, value, low: value - 0.02, high: value + 0.02 }));
  const name = { en: 'Culture', zh: '文化' };
  const trends = [{ name, metric: 'score', points, changeBetween: [2, 3], reference: 0.85 }] as const;
  const told = outgoingOf(
    alert(),
    { name: 'mail', defaultSamples: 'ids' },
    { ...options, event: 'alert.firing', trends, pictures: true },
  );
  const mail = notifier(catcher.port);
  expect(await mail.send(told)).toMatchObject({ kind: 'sent' });
  mail.close();
  const { raw } = catcher.mails[0]!;
  expect(raw).toContain('multipart/related');
  expect(header(raw, 'Content-ID')).toBe('<trend-1@libra>');
  const html = Buffer.from(raw.replace(/=\r\n/g, '').replace(/=3D/g, '='), 'utf8').toString('utf8');
  expect(html).toContain('src="cid:trend-1@libra"');
  const [, encoded = ''] = /Content-ID: <trend-1@libra>[\s\S]*?\r\n\r\n([A-Za-z0-9+/=\r\n]+)/.exec(raw) ?? [];
  const png = Buffer.from(encoded, 'base64');
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  expect(png.length).toBeLessThan(100_000);
});

test('a mail server whose certificate nobody signed gets nothing, neither with TLS from the start nor later', async () => {
  for (const speaksTls of [true, false]) {
    await using catcher = await startMailCatcher({ speaksTls, offersTls: true });
    const mail = notifier(catcher.port, { host: 'localhost', tls: speaksTls });
    expect(await mail.send(firing)).toMatchObject({ kind: 'retry', error: expect.stringMatching(/certificate/i) });
    mail.close();
    expect(catcher.mails).toEqual([]);
  }
});

test('with a certificate that is trusted the password and the mail go over TLS, from the start or by STARTTLS', async () => {
  const place = mkdtempSync(join(tmpdir(), 'libra-mail-'));
  const authority = join(place, 'authority.pem');
  writeFileSync(authority, SELF_SIGNED.cert);
  const program = fileURLToPath(new URL('./send-mail.ts', import.meta.url));
  for (const speaksTls of [true, false]) {
    const user = { name: 'libra', password: 'right' };
    await using catcher = await startMailCatcher({ speaksTls, offersTls: true, user });
    const args = ['--import', 'tsx', program, String(catcher.port), String(speaksTls)];
    const env = { ...process.env, NODE_EXTRA_CA_CERTS: authority };
    const { stdout } = await promisify(execFile)(process.execPath, args, { env });
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'sent' });
    expect(catcher.mails).toHaveLength(1);
    expect(catcher.mails[0]!.isEncrypted).toBe(true);
  }
  rmSync(place, { recursive: true, force: true });
});

test('a server that is not there while a picture is drawn is a retry, and harms nothing', async () => {
  const nobody = await startMailCatcher();
  const { port } = nobody;
  await nobody[Symbol.asyncDispose]();
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0H9"/></svg>';
  const pictured = { ...firing, message: { ...firing.message, pictures: [{ name: 'trend-1', svg, alt: 'Trend' }] } };
  expect(await notifier(port).send(pictured)).toMatchObject({
    kind: 'retry',
    error: expect.stringContaining('ECONNREFUSED'),
  });
  const aborted = new AbortController();
  const sending = notifier(port, { host: '192.0.2.1' }).send(pictured, aborted.signal);
  aborted.abort();
  expect(await sending).toMatchObject({ kind: 'retry', error: expect.stringContaining('called off') });
});
