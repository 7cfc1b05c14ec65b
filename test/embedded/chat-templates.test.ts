/** Chat templates in the style of the well-known families, byte for byte what transformers renders, or refused. */

import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type ChatMessage, loadChatTemplate, templateRenderer } from '../../src/embedded/text/chat-template.ts';
import { formatTime } from '../../src/embedded/text/python-jinja.ts';
import type { Tokenizer } from '../../src/embedded/text/tokenizer.ts';

interface Case {
  readonly template: string;
  readonly chat: string;
  readonly mode: 'plain' | 'prompt' | 'continue';
  readonly text?: string;
}
const recorded = JSON.parse(readFileSync(new URL('./recorded/text/chats.json', import.meta.url), 'utf8')) as {
  readonly templates: Readonly<Record<string, string>>;
  readonly chats: Readonly<Record<string, readonly ChatMessage[]>>;
  readonly cases: readonly Case[];
};
const texts: Readonly<Record<string, string>> = { bos_token: '<s>', eos_token: '</s>', unk_token: '<unk>' };
const tokenizer = { specialText: (name: string) => texts[name] ?? '', config: {} } as unknown as Tokenizer;
/** They use what the library has not (`{%+`, `e`, `batch`, tuples, a text times a number): refused, never rendered otherwise. */
const REFUSED = new Set(['values', 'strings', 'whitespace', 'filters', 'call']);

const cases = recorded.cases.filter(({ mode }) => mode !== 'continue');
test.each(cases)('$template, $chat, $mode', async ({ template, chat, mode, text }) => {
  const render = await templateRenderer(recorded.templates[template]!, tokenizer);
  const attempt = () => render(recorded.chats[chat]!, mode === 'prompt');
  if (text === undefined || REFUSED.has(template)) expect(attempt).toThrow();
  else expect(attempt()).toBe(text);
});

test('files win over the configuration, and of several templates the default counts', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'libra-chat-'));
  const messages = [{ role: 'user', content: 'x' }];
  const load = async (chat_template: unknown) =>
    (await loadChatTemplate(directory, { ...tokenizer, config: { chat_template } }))?.(messages, false);
  const named = [
    { name: 'tool_use', template: 'tools' },
    { name: 'default', template: 'plain {{ bos_token }}' },
  ];
  expect(await load(undefined)).toBeUndefined();
  expect(await load(named)).toBe('plain <s>');
  await expect(load(named.slice(0, 1))).rejects.toThrow('only tool_use');
  await mkdir(join(directory, 'additional_chat_templates'));
  await writeFile(join(directory, 'additional_chat_templates', 'tool_use.jinja'), 'tools');
  await expect(load(named)).rejects.toThrow('only tool_use');
  await writeFile(join(directory, 'chat_template.jinja'), 'file');
  expect(await load(named)).toBe('file');
  await rm(directory, { recursive: true });
});

test('time is written in English whatever the machine speaks', () => {
  expect(formatTime(new Date(2024, 6, 6, 15, 4, 5), '%d %B %Y, %b %a %I:%M:%S %p %%')).toBe(
    '06 July 2024, Jul Sat 03:04:05 PM %',
  );
  expect(() => formatTime(new Date(0), '%Q')).toThrow('%Q');
});
