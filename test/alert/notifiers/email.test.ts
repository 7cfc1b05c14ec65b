import { expect, test } from 'vitest';
import { createEmailNotifier, type EmailNotifierOptions } from '../../../src/alert/notifiers/email.ts';
import { outgoingOf } from '../../../src/alert/outgoing.ts';
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
