/** The chats, each against a server that checks what its vendor documents. */
import { describe, expect, test } from 'vitest';
import type { Message } from '../../../src/alert/message.ts';
import type { Notifier } from '../../../src/alert/notifier.ts';
import { createDingtalkNotifier, signDingtalk } from '../../../src/alert/notifiers/dingtalk.ts';
import { createDiscordNotifier } from '../../../src/alert/notifiers/discord.ts';
import { createFeishuNotifier, signFeishu } from '../../../src/alert/notifiers/feishu.ts';
import { createSlackNotifier } from '../../../src/alert/notifiers/slack.ts';
import { createTeamsNotifier } from '../../../src/alert/notifiers/teams.ts';
import { createTelegramNotifier } from '../../../src/alert/notifiers/telegram.ts';
import { createWecomNotifier } from '../../../src/alert/notifiers/wecom.ts';
import { outgoingOf } from '../../../src/alert/outgoing.ts';
import { systemClock } from '../../../src/system/clock.ts';
import {
  type ChatAnswer,
  type ChatRules,
  dingtalkRules,
  discordRules,
  feishuRules,
  slackRules,
  startChatServer,
  teamsRules,
  telegramRules,
  wecomRules,
} from '../../fakes/chat-servers.ts';
import { alert } from '../fixtures.ts';

const NOW = 1_674_087_231_500;
const now = () => NOW;
const clock = { ...systemClock, now };
const SECRET = 'SECdemo';

interface Chat {
  readonly open: (url: string, secret?: string | null) => Notifier;
  readonly rules: ChatRules;
  readonly path: string;
  /** What of the address or the settings must never be told. */
  readonly hidden: readonly string[];
}

const CHATS: Readonly<Record<string, Chat>> = {
  feishu: {
    open: (url, secret = SECRET) => createFeishuNotifier({ name: 'team', url, secret, clock, timeoutMs: 2_000 }),
    rules: feishuRules(SECRET, now),
    path: '/open-apis/bot/v2/hook/hook-of-a-bot',
    hidden: ['hook-of-a-bot', SECRET],
  },
  dingtalk: {
    open: (url, secret = SECRET) => createDingtalkNotifier({ name: 'team', url, secret, clock, timeoutMs: 2_000 }),
    rules: dingtalkRules(SECRET, now),
    path: '/robot/send?access_token=token-of-a-robot',
    hidden: ['token-of-a-robot', SECRET],
  },
  wecom: {
    open: (url) => createWecomNotifier({ name: 'team', url, clock, timeoutMs: 2_000 }),
    rules: wecomRules,
    path: '/cgi-bin/webhook/send?key=key-of-a-robot',
    hidden: ['key-of-a-robot'],
  },
  slack: {
    open: (url) => createSlackNotifier({ name: 'team', url, clock, timeoutMs: 2_000 }),
    rules: slackRules,
    path: '/services/T0/B0/secret-of-a-hook',
    hidden: ['secret-of-a-hook'],
  },
  discord: {
    open: (url) => createDiscordNotifier({ name: 'team', url, clock, timeoutMs: 2_000 }),
    rules: discordRules,
    path: '/api/webhooks/123456789/token-of-a-hook',
    hidden: ['token-of-a-hook'],
  },
  teams: {
    open: (url) => createTeamsNotifier({ name: 'team', url, clock, timeoutMs: 2_000 }),
    rules: teamsRules,
    path: '/workflows/abc/triggers/manual?api-version=1&sig=signature-of-a-flow',
    hidden: ['signature-of-a-flow'],
  },
  telegram: {
    open: (url) =>
      createTelegramNotifier({
        name: 'team',
        url: new URL(url).origin,
        token: '12345:token-of-a-bot',
        chat: '-100123',
        clock,
        timeoutMs: 2_000,
      }),
    rules: telegramRules,
    path: '/bot12345:token-of-a-bot/sendMessage',
    hidden: ['token-of-a-bot'],
  },
};

const about = (message: Partial<Message> = {}) => {
  const outgoing = outgoingOf(
    alert(),
    { name: 'team', defaultSamples: 'full' },
    {
      at: '2026-11-24T03:00:00.000Z',
      event: 'alert.firing',
      language: 'both',
      link: 'https://libra.example/#/alerts/a1',
    },
  );
  return { ...outgoing, message: { ...outgoing.message, ...message } };
};

async function sendTo(name: string, outgoing = about(), first: readonly ChatAnswer[] = []) {
  const { open, rules, path } = CHATS[name]!;
  await using server = await startChatServer(rules, first);
  const notifier = open(`${server.url}${path}`);
  const outcome = await notifier.send(outgoing);
  notifier.close();
  return { outcome, sent: server.caught[0]! };
}

/** Everything that a person would read. */
const textsOf = (json: unknown): string =>
  typeof json === 'string'
    ? json
    : json !== null && typeof json === 'object'
      ? Object.values(json).map(textsOf).join('\n')
      : '';

test('signatures: test vectors', () => {
  expect(signFeishu('demo', 1599360473)).toBe('l1N0gAcBjdwBvGm1xMjOF0XSyaLRpR7tuO5dHfhAYc8=');
  expect(signDingtalk('SECdemo', 1599360473000)).toBe('tGWkA5eQOQNCNPDgphtxIoNLO%2B%2FgD8Lcb705KQoRzeY%3D');
});

describe.each(Object.keys(CHATS))('%s', (name) => {
  test('takes the message whole, in both languages, with the link', async () => {
    const { outcome, sent } = await sendTo(name);
    expect(outcome.kind).toBe('sent');
    expect(sent.type).toMatch(/^application\/json/);
    const text = textsOf(sent.json);
    for (const part of ['Chinese culture', '中国文化理解', '62.1 %', 'https://libra.example/#/alerts/a1'])
      expect(text).toContain(part);
    expect(text).toContain('画蛇添');
  });

  test('a message that is far too long is cut and says where the rest is', async () => {
    const lines = Array.from({ length: 400 }, (_, i) => `第 ${i} 行：${'很长的中文内容，'.repeat(20)}`);
    const { message } = about();
    const long = { texts: message.texts.map((text) => ({ ...text, sections: [{ heading: '长', lines }] })) };
    const { outcome, sent } = await sendTo(name, about(long));
    expect(outcome.kind).toBe('sent');
    const text = textsOf(sent.json);
    expect(text).toContain('… the rest is in Libra');
    expect(text).toContain('其余内容见 Libra');
    expect(text).toContain('第 0 行');
    expect(text).toContain('https://libra.example/#/alerts/a1');
    expect(text).not.toContain('\ufffd');
  });

  test('what a task or a model says is no markup, no link and no mention', async () => {
    const hostile =
      '<at id=all></at> <at user_id="all">x</at> <!channel> <!here> <@U012AB3CD> @all @everyone [click](https://evil.example) **bold** `code` <font color="red">r</font> https://evil.example/x';
    const { message } = about();
    const texts = message.texts.map((text) => ({
      ...text,
      title: hostile,
      lead: hostile,
      sections: [{ heading: hostile, lines: [hostile] }],
    }));
    const { outcome, sent } = await sendTo(name, about({ texts }));
    expect(outcome.kind).toBe('sent');
    const text = textsOf(sent.json);
    expect(text).not.toMatch(/@(all|everyone|U012)/);
    expect(text).not.toContain('https://evil.example');
    if (name === 'telegram') expect(sent.json).not.toHaveProperty('parse_mode');
    else if (name === 'feishu') expect(sent.raw).not.toMatch(/"tag":"(markdown|lark_md)"/);
    else expect(text).not.toMatch(/<!(channel|here)>|<at |<font color="red"|\]\(https:\/\/evil|(?<![\w*])`code`/);
  });

  test('a resolved alert looks unlike a firing one', async () => {
    const [firing, resolved] = await Promise.all([sendTo(name), sendTo(name, about({ isResolved: true }))]);
    expect(resolved.outcome.kind).toBe('sent');
    expect(resolved.sent.raw).not.toBe(firing.sent.raw);
  });

  test('errors name neither the address nor the secret', async () => {
    const { open, path, hidden } = CHATS[name]!;
    const nobody = open(`http://127.0.0.1:1${path}`);
    const outcomes = [await nobody.send(about())];
    nobody.close();
    for (const answer of [
      { status: 500, body: `no ${path}` },
      { status: 302, body: '', headers: { location: 'https://evil.example/' } },
      { status: 404, body: `nothing at ${path}` },
      { status: 200, body: `<html>${path}</html>` },
    ])
      outcomes.push((await sendTo(name, about(), [answer])).outcome);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['retry', 'retry', 'dead', 'dead', 'retry']);
    for (const outcome of outcomes) {
      if (outcome.kind === 'sent') throw new Error('it was not sent');
      for (const part of hidden) expect(outcome.error).not.toContain(part);
    }
  });

  test('a secret that is said after us is not told on, in no form and not in part', async () => {
    const { hidden, path } = CHATS[name]!;
    for (const secret of [...hidden, path]) {
      for (const said of [secret, encodeURIComponent(secret)]) {
        // So long that a reader of it cuts within the secret.
        const words = `${'x'.repeat(150 - (said.length >> 1))} ${said} rejected`;
        const body = JSON.stringify({
          code: 19002,
          errcode: 93000,
          ok: false,
          msg: words,
          errmsg: words,
          description: words,
        });
        for (const answer of [
          { status: 400, body },
          { status: 400, body: words },
          { status: 429, body },
        ]) {
          const { outcome } = await sendTo(name, about(), [answer]);
          if (outcome.kind === 'sent') throw new Error('it was not sent');
          for (const part of hidden) expect(outcome.error).not.toContain(part.slice(0, 6));
        }
      }
    }
  });

  test('a line that looks like a heading, a list or a rule is none', async () => {
    const { message } = about();
    const starts = ['# big', '- item', '1. first', '---', '{{DATE(2026-01-01T00:00:00Z)}}'];
    for (const start of starts) {
      const texts = message.texts.map((text) => ({
        ...text,
        lead: start,
        sections: [{ heading: start, lines: [start] }],
      }));
      const { outcome, sent } = await sendTo(name, about({ texts }));
      expect(outcome.kind).toBe('sent');
      if (name === 'feishu' || name === 'telegram') continue;
      const plain = textsOf(sent.json).replaceAll('\u200b', '');
      expect(plain).toContain(start);
      expect(textsOf(sent.json)).not.toMatch(/^(?:# big|- item|1\. first|---big)|\{\{DATE|^- (?:# |- |1\. )/m);
    }
  });

  test('a message without a lead is taken', async () => {
    const { message } = about();
    const { outcome, sent } = await sendTo(
      name,
      about({ texts: message.texts.map((text) => ({ ...text, lead: '' })) }),
    );
    expect(outcome.kind).toBe('sent');
    expect(sent.raw).not.toMatch(/"(?:content|text)":""/);
  });

  test('an address that would carry the secret in the clear is refused', () => {
    expect(() => CHATS[name]!.open(`http://chat.example${CHATS[name]!.path}`)).toThrow(/unencrypted/);
  });
});

describe('what the answers mean', () => {
  const answered = async (name: string, status: number, body: string, headers = {}) =>
    (await sendTo(name, about(), [{ status, body, headers }])).outcome;

  test.each([
    ['feishu', 200, '{"code":11232,"msg":"frequency limited"}', 'retry'],
    ['feishu', 400, '{"code":9499,"msg":"too many request"}', 'retry'],
    ['feishu', 400, '{"code":9499,"msg":"Bad Request"}', 'dead'],
    ['feishu', 200, '{"code":19021,"msg":"sign match fail"}', 'dead'],
    ['dingtalk', 200, '{"errcode":130101,"errmsg":"send too fast"}', 'retry'],
    ['dingtalk', 200, '{"errcode":-1,"errmsg":"system busy"}', 'retry'],
    ['dingtalk', 200, '{"errcode":310000,"errmsg":"keywords not in content"}', 'dead'],
    ['wecom', 200, '{"errcode":45009,"errmsg":"api freq out of limit"}', 'retry'],
    ['wecom', 200, '{"errcode":93000,"errmsg":"invalid webhook url"}', 'dead'],
    ['discord', 400, '{"code":50035,"message":"Invalid Form Body"}', 'dead'],
    ['discord', 404, '{"code":10015}', 'dead'],
    ['teams', 401, '', 'dead'],
    ['teams', 502, '', 'retry'],
    ['telegram', 403, '{"ok":false,"description":"Forbidden: bot was blocked by the user"}', 'dead'],
    ['telegram', 400, '{"ok":false,"parameters":{"migrate_to_chat_id":-100999}}', 'dead'],
    ['slack', 404, 'no_service', 'dead'],
    ['slack', 200, 'not ok', 'retry'],
  ])('%s %i %s is %s', async (name, status, body, kind) => {
    expect((await answered(name, status, body)).kind).toBe(kind);
  });

  test('who was too fast waits as long as the vendor asks', async () => {
    expect(await answered('slack', 429, '{"retry_after":7}', { 'retry-after': '30' })).toMatchObject({
      afterMs: 30_000,
    });
    expect(await answered('slack', 429, '{"ok":false,"error":"rate_limited","retry_after":7}')).toMatchObject({
      afterMs: 7_000,
    });
    expect(await answered('discord', 429, '{"retry_after":1.25}')).toMatchObject({ afterMs: 1_250 });
    expect(await answered('telegram', 429, '{"ok":false,"parameters":{"retry_after":12}}')).toMatchObject({
      afterMs: 12_000,
    });
    expect(await answered('dingtalk', 200, '{"errcode":130101,"errmsg":"fast"}')).toMatchObject({ afterMs: 600_000 });
  });

  test('a wrong secret and a wrong token are told with what to do', async () => {
    await using feishu = await startChatServer(feishuRules(SECRET, now));
    const unsigned = CHATS.feishu!.open(`${feishu.url}${CHATS.feishu!.path}`, null);
    expect(await unsigned.send(about())).toMatchObject({
      kind: 'dead',
      error: expect.stringContaining('signature secret'),
    });
    unsigned.close();
    await using wecom = await startChatServer(wecomRules);
    const lost = CHATS.wecom!.open(`${wecom.url}/cgi-bin/webhook/send?key=another-robot-s-key`);
    expect(await lost.send(about())).toMatchObject({ kind: 'dead', error: expect.stringContaining('copy the url') });
    lost.close();
  });
});
