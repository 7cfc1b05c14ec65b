/** Sends markdown to a group robot of WeCom (企业微信). */
import type { Clock } from '../../system/clock.ts';
import { readAnswerCode } from '../answer-code.ts';
import { buttonsOf } from '../buttons.ts';
import { disarmMarkdown, markdownAddress } from '../disarm.ts';
import { type FittedMessage, fitMessage } from '../fit-message.ts';
import type { Message } from '../message.ts';
import type { Notifier, Outgoing } from '../notifier.ts';
import { openJsonDoor } from '../post-json.ts';
import { titleLine } from '../render-text.ts';
import { markOf } from '../severity-mark.ts';

export interface WecomNotifierOptions {
  readonly name: string;
  /** `https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=...` */
  readonly url: string;
  readonly clock: Clock;
  readonly timeoutMs?: number;
}

/** Of the text, UTF-8: about 1,300 Chinese characters. */
const MAX_BYTES = 4096;
/** There are three colours: green, grey and orange. */
const COLOURS = { red: 'warning', orange: 'warning', blue: 'comment', green: 'info' } as const;

const RATES = [{ count: 20, perMs: 61_000 }] as const;

/** @throws LibraError LIBRA_CONFIG_INVALID when the URL can't be used */
export function createWecomNotifier(options: WecomNotifierOptions): Notifier {
  const door = openJsonDoor({ ...options, who: 'WeCom', mustBePrivate: true });
  return {
    name: options.name,
    type: 'wecom',
    defaultSamples: 'ids',
    takesActions: true,
    pace: { key: `wecom ${options.url}`, rates: RATES },
    send: ({ message }: Outgoing, signal) =>
      door.post({ body: wecomBody(message), read: (answer) => readAnswerCode(answer, MEANINGS), signal }),
    close: door.close,
  };
}

/** Plain `markdown`, not `markdown_v2`: the second has no colour, and older clients show its source. */
export function wecomBody(message: Message) {
  const fitted = fitMessage(message, (candidate) => Buffer.byteLength(markdownOf(candidate)) <= MAX_BYTES);
  return { msgtype: 'markdown', markdown: { content: markdownOf(fitted) } };
}

function markdownOf(message: FittedMessage): string {
  const { emoji, colour } = markOf(message);
  const texts = message.texts.map((text) =>
    [
      `**${emoji} <font color="${COLOURS[colour]}">${disarmMarkdown(titleLine(message, text))}</font>**`,
      disarmMarkdown(text.lead),
      ...text.sections.flatMap(({ heading, lines }) => [
        `**${disarmMarkdown(heading)}**`,
        ...lines.map((line) => `> ${disarmMarkdown(line)}`),
      ]),
      ...(text.rest === null ? [] : [text.rest]),
    ].join('\n'),
  );
  const links = buttonsOf(message).map(({ text, url }) => `[${text}](${markdownAddress(url)})`);
  return [...texts, ...(links.length ? [links.join('\n')] : [])].join('\n\n');
}

const MEANINGS = {
  who: 'WeCom',
  code: 'errcode',
  text: 'errmsg',
  passing: { [-1]: null, 45009: 60_000 },
  hints: { 93000: 'The key in the url is wrong or the robot is gone: copy the url from the robot again.' },
};
