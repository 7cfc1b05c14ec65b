/** Sends to a custom robot of DingTalk: a card with a button where there is a link, else markdown. */
import { createHmac } from 'node:crypto';
import type { Clock } from '../../system/clock.ts';
import { readAnswerCode } from '../answer-code.ts';
import { buttonsOf } from '../buttons.ts';
import { disarmMarkdown } from '../disarm.ts';
import { type FittedMessage, fitMessage, jsonBytes } from '../fit-message.ts';
import type { Message } from '../message.ts';
import type { Notifier, Outgoing } from '../notifier.ts';
import { openJsonDoor } from '../post-json.ts';
import { titleLine } from '../render-text.ts';
import { markOf } from '../severity-mark.ts';

export interface DingtalkNotifierOptions {
  readonly name: string;
  /** `https://oapi.dingtalk.com/robot/send?access_token=...` */
  readonly url: string;
  /** `SEC...` of the robot's signature check; null when it is off. */
  readonly secret: string | null;
  readonly clock: Clock;
  readonly timeoutMs?: number;
}

const MAX_BYTES = 20_000;
/** Who sends too often is shut out for so long. */
const SHUT_OUT = 10 * 60_000;

/** Who exceeds 20 a minute is shut out, so a little less. */
const RATES = [{ count: 20, perMs: 62_000 }] as const;

/** @throws LibraError LIBRA_CONFIG_INVALID when the URL can't be used */
export function createDingtalkNotifier(options: DingtalkNotifierOptions): Notifier {
  const door = openJsonDoor({
    ...options,
    who: 'DingTalk',
    mustBePrivate: true,
    secrets: options.secret === null ? [] : [options.secret],
  });
  const { secret } = options;
  return {
    name: options.name,
    type: 'dingtalk',
    defaultSamples: 'ids',
    takesActions: true,
    pace: { key: `dingtalk ${options.url}`, rates: RATES },
    send: ({ message }: Outgoing, signal) => {
      const timestamp = options.clock.now();
      const query = secret === null ? '' : `timestamp=${timestamp}&sign=${signDingtalk(secret, timestamp)}`;
      const body = dingtalkBody(message);
      return door.post({ body, query, read: (answer) => readAnswerCode(answer, MEANINGS), signal });
    },
    close: door.close,
  };
}

/** HMAC-SHA256 of `{timestamp}\n{secret}` with the secret as key, percent-encoded. @param timestamp ms */
export function signDingtalk(secret: string, timestamp: number): string {
  return encodeURIComponent(createHmac('sha256', secret).update(`${timestamp}\n${secret}`).digest('base64'));
}

export function dingtalkBody(message: Message) {
  return bodyOf(fitMessage(message, (candidate) => jsonBytes(bodyOf(candidate)) <= MAX_BYTES));
}

function bodyOf(message: FittedMessage) {
  const [first] = message.texts;
  // The title is shown in the notification of the phone, as plain text.
  const title = disarmMarkdown(first ? `${markOf(message).emoji} ${titleLine(message, first)}` : 'Libra');
  const text = markdownOf(message);
  const btns = buttonsOf(message).map((button) => ({ title: button.text, actionURL: button.url }));
  if (btns.length > 0) {
    return { msgtype: 'actionCard', actionCard: { title, text, btnOrientation: '0', btns } };
  }
  return { msgtype: 'markdown', markdown: { title, text }, at: { atMobiles: [], atUserIds: [], isAtAll: false } };
}

/** The last line holds the word that a robot's keyword check can always find. */
function markdownOf(message: FittedMessage): string {
  const texts = message.texts.map((text) =>
    [
      `### ${markOf(message).emoji} ${disarmMarkdown(titleLine(message, text))}`,
      disarmMarkdown(text.lead),
      ...text.sections.map(
        ({ heading, lines }) =>
          `**${disarmMarkdown(heading)}**\n\n${lines.map((line) => `- ${disarmMarkdown(line)}`).join('\n')}`,
      ),
      ...(text.rest === null ? [] : [text.rest]),
    ].join('\n\n'),
  );
  return [...texts, 'Libra 天秤'].join('\n\n---\n\n');
}

const MEANINGS = {
  who: 'DingTalk',
  code: 'errcode',
  text: 'errmsg',
  passing: { [-1]: null, 130101: SHUT_OUT, 410100: SHUT_OUT },
  hints: {
    300001: 'The access_token in the url is wrong: copy the url from the robot again.',
    300005: 'The access_token in the url is wrong: copy the url from the robot again.',
    310000:
      'Let the keyword of the robot be Libra (it stands in every message), give its SEC... as `secret`, or add the address of this machine to its list: whichever check it names.',
    400013: 'The group is gone: remove this notifier from the configuration.',
    400101: 'The access_token in the url is wrong: copy the url from the robot again.',
    400102: 'The robot is switched off: switch it on in the group.',
    400106: 'The robot is gone: add one to the group again.',
  },
};
