/** Sends interactive cards by a custom bot of Feishu or Lark; all text in them is plain, so that nothing in it can be markup or a mention. */
import { createHmac } from 'node:crypto';
import type { Clock } from '../../system/clock.ts';
import { readAnswerCode } from '../answer-code.ts';
import { buttonsOf } from '../buttons.ts';
import { disarm } from '../disarm.ts';
import { type FittedMessage, fitMessage, jsonBytes } from '../fit-message.ts';
import type { Message } from '../message.ts';
import type { DeliveryOutcome, Notifier, Outgoing } from '../notifier.ts';
import { type JsonAnswer, openJsonDoor } from '../post-json.ts';
import { titleLine } from '../render-text.ts';
import { markOf } from '../severity-mark.ts';

export interface FeishuNotifierOptions {
  readonly name: string;
  /** `https://open.feishu.cn/open-apis/bot/v2/hook/...` or open.larksuite.com. */
  readonly url: string;
  /** Of the bot's signature check; null when it is off. */
  readonly secret: string | null;
  readonly clock: Clock;
  readonly timeoutMs?: number;
}

/** 20 KB less what the signature takes. */
const MAX_BYTES = 20_000 - 200;
const MAX_ELEMENTS = 200;
const MINUTE = 60_000;

/** 5 a second and 100 a minute, with a little to spare. */
const RATES = [
  { count: 5, perMs: 1_050 },
  { count: 100, perMs: 61_000 },
] as const;

/** @throws LibraError LIBRA_CONFIG_INVALID when the URL can't be used */
export function createFeishuNotifier(options: FeishuNotifierOptions): Notifier {
  const door = openJsonDoor({
    ...options,
    who: 'Feishu',
    mustBePrivate: true,
    secrets: options.secret === null ? [] : [options.secret],
  });
  return {
    name: options.name,
    type: 'feishu',
    defaultSamples: 'ids',
    takesActions: true,
    pace: { key: `feishu ${options.url}`, rates: RATES },
    send: ({ message }: Outgoing, signal) => {
      const timestamp = Math.floor(options.clock.now() / 1000);
      const signature =
        options.secret === null ? {} : { timestamp: String(timestamp), sign: signFeishu(options.secret, timestamp) };
      return door.post({ body: { ...signature, ...feishuBody(message) }, read: readFeishu, signal });
    },
    close: door.close,
  };
}

/** HMAC-SHA256 of nothing, the key being `{timestamp}\n{secret}` (sic). @param timestamp seconds */
export function signFeishu(secret: string, timestamp: number): string {
  return createHmac('sha256', `${timestamp}\n${secret}`).digest('base64');
}

export function feishuBody(message: Message) {
  return bodyOf(
    fitMessage(message, (candidate) => {
      const body = bodyOf(candidate);
      return jsonBytes(body) <= MAX_BYTES && JSON.stringify(body).split('"tag":').length - 1 <= MAX_ELEMENTS;
    }),
  );
}

function bodyOf(message: FittedMessage) {
  const { emoji, colour } = markOf(message);
  const [first] = message.texts;
  const texts = message.texts.flatMap((text, position) => [
    ...(position === 0 ? [] : [{ tag: 'hr' }, plain(titleLine(message, text), 'heading')]),
    ...(text.lead === '' ? [] : [plain(text.lead)]),
    ...text.sections.flatMap(({ heading, lines }) => [
      plain(heading, 'heading'),
      plain(lines.map((line) => `• ${line}`).join('\n')),
    ]),
    ...(text.rest === null ? [] : [plain(text.rest)]),
  ]);
  const title = first ? titleLine(message, first) : 'Libra';
  return {
    msg_type: 'interactive',
    card: {
      schema: '2.0',
      config: { update_multi: true },
      header: { template: colour, title: { tag: 'plain_text', content: disarm(`${emoji} ${title}`) } },
      // The last line holds the word that a bot's keyword check can always find.
      body: { elements: [...texts, ...buttons(message), plain('Libra 天秤', 'notation')] },
    },
  };
}

function plain(content: string, size: 'heading' | 'normal' | 'notation' = 'normal') {
  return { tag: 'div', text: { tag: 'plain_text', content: disarm(content), text_size: size } };
}

function buttons(message: FittedMessage) {
  return buttonsOf(message).map(({ text, url }, position) => ({
    tag: 'button',
    type: position === 0 ? 'primary' : 'default',
    text: { tag: 'plain_text', content: text },
    behaviors: [{ type: 'open_url', default_url: url }],
  }));
}

const MEANINGS = {
  who: 'Feishu',
  code: 'code',
  text: 'msg',
  passing: { 11232: MINUTE },
  hints: {
    19001: 'The url is wrong: copy it from the bot again.',
    19002: 'The url is wrong: copy it from the bot again.',
    19021: "Give the bot's signature secret as `secret`, and look at the clock of this machine.",
    19022: "Add the address of this machine to the bot's list, or switch that check off.",
    19024: 'Let the keyword of the bot be Libra: it stands in every message.',
  },
};

/** 9499 means two things, told apart by its words only. */
function readFeishu(answer: JsonAnswer): DeliveryOutcome | null {
  const isTooOften = answer.json.code === 9499 && /too many request/i.test(String(answer.json.msg));
  return readAnswerCode(answer, isTooOften ? { ...MEANINGS, passing: { 9499: MINUTE } } : MEANINGS);
}
