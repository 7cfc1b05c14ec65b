/** Sends plain text by a bot of Telegram: without a parse mode nothing in it is markup. */
import type { Clock } from '../../system/clock.ts';
import { buttonsOf } from '../buttons.ts';
import { cleanLine } from '../clean-text.ts';
import { disarm } from '../disarm.ts';
import { type FittedMessage, fitMessage } from '../fit-message.ts';
import type { Message } from '../message.ts';
import type { DeliveryOutcome, Notifier, Outgoing } from '../notifier.ts';
import { type JsonAnswer, openJsonDoor } from '../post-json.ts';
import { titleLine } from '../render-text.ts';
import { markOf } from '../severity-mark.ts';

export interface TelegramNotifierOptions {
  readonly name: string;
  /** Of the bot, `123456:ABC...` */
  readonly token: string;
  /** Of the group, channel (`@name`) or person. */
  readonly chat: string;
  /** Where the bots' interface is; another one than Telegram's own for a proxy. */
  readonly url: string;
  readonly clock: Clock;
  readonly timeoutMs?: number;
}

const MAX_TEXT = 4096;

/** Of one chat; a group takes 20 a minute. */
const RATES = [
  { count: 1, perMs: 1_000 },
  { count: 20, perMs: 60_000 },
] as const;

/** @throws LibraError LIBRA_CONFIG_INVALID when the URL can't be used */
export function createTelegramNotifier({ token, chat, url, ...options }: TelegramNotifierOptions): Notifier {
  const address = `${url.replace(/\/+$/, '')}/bot${token}/sendMessage`;
  const door = openJsonDoor({
    ...options,
    url: address,
    who: 'Telegram',
    mustBePrivate: true,
    secrets: [token, token.slice(token.indexOf(':') + 1)],
  });
  return {
    name: options.name,
    type: 'telegram',
    defaultSamples: 'ids',
    takesActions: true,
    pace: { key: `telegram ${token} ${chat}`, rates: RATES },
    send: ({ message }: Outgoing, signal) =>
      door.post({ body: { chat_id: chat, ...telegramBody(message) }, read: readTelegram, signal }),
    close: door.close,
  };
}

export function telegramBody(message: Message) {
  const fitted = fitMessage(message, (candidate) => textOf(candidate).length <= MAX_TEXT);
  // A button can't lead to this machine: Telegram refuses such an address.
  const buttons = buttonsOf(fitted).filter(({ url }) => !isLocal(url));
  return {
    text: textOf(fitted),
    link_preview_options: { is_disabled: true },
    ...(buttons.length === 0 ? {} : { reply_markup: { inline_keyboard: buttons.map((button) => [button]) } }),
  };
}

function textOf(message: FittedMessage): string {
  const texts = message.texts.map((text) =>
    [
      `${markOf(message).emoji} ${disarm(titleLine(message, text))}`,
      disarm(text.lead),
      ...text.sections.map(({ heading, lines }) =>
        [disarm(heading), ...lines.map((line) => `• ${disarm(line)}`)].join('\n'),
      ),
      ...(text.rest === null ? [] : [text.rest]),
    ]
      .filter((part) => part !== '')
      .join('\n\n'),
  );
  const link = message.link !== null && isLocal(message.link) ? [message.link] : [];
  return [...texts, ...link].join('\n\n———\n\n');
}

function isLocal(link: string): boolean {
  return /^https?:\/\/(localhost|127\.|\[::1\])/.test(link);
}

function readTelegram({ status, json, retryAfterMs }: JsonAnswer): DeliveryOutcome | null {
  if (json.ok === true) return { kind: 'sent', detail: 'ok' };
  const more = (json.parameters ?? {}) as { readonly retry_after?: unknown; readonly migrate_to_chat_id?: unknown };
  const words = cleanLine(String(json.description ?? ''), 160);
  if (status === 429) {
    const seconds = Number(more.retry_after);
    const afterMs = Number.isFinite(seconds) ? seconds * 1000 : retryAfterMs;
    return { kind: 'retry', error: `Telegram answered 429: ${words}.`, afterMs };
  }
  if (status >= 200 && status <= 299)
    return { kind: 'retry', error: `Telegram answered ${status} without ok.`, afterMs: retryAfterMs };
  if (more.migrate_to_chat_id !== undefined)
    return {
      kind: 'dead',
      error: `The Telegram group has a new id: set \`chat\` to ${String(more.migrate_to_chat_id)}.`,
    };
  if (status === 401 || status === 404)
    return { kind: 'dead', error: `Telegram answered ${status}: the token is none of a bot. Ask @BotFather for it.` };
  if (status === 400 || status === 403)
    return {
      kind: 'dead',
      error: `Telegram answered ${status}: ${words}. Is the bot in the chat, and \`chat\` its id?`,
    };
  return null;
}
