/** Sends embeds to a webhook of Discord, one a language; nobody is ever mentioned. */
import type { Clock } from '../../system/clock.ts';
import { answersOf } from '../buttons.ts';
import { disarmMarkdown, markdownAddress } from '../disarm.ts';
import { type FittedMessage, type FittedText, fitMessage } from '../fit-message.ts';
import type { Message } from '../message.ts';
import type { DeliveryOutcome, Notifier, Outgoing } from '../notifier.ts';
import { type JsonAnswer, openJsonDoor } from '../post-json.ts';
import { titleLine } from '../render-text.ts';
import { markOf } from '../severity-mark.ts';

export interface DiscordNotifierOptions {
  readonly name: string;
  /** `https://discord.com/api/webhooks/{id}/{token}` */
  readonly url: string;
  readonly clock: Clock;
  readonly timeoutMs?: number;
}

const MAX_TITLE = 256;
const MAX_DESCRIPTION = 4096;
/** Of all embeds together. */
const MAX_TEXT = 6000;

/** As seen in its answers, and what it does not tell. */
const RATES = [
  { count: 5, perMs: 2_000 },
  { count: 30, perMs: 60_000 },
] as const;

/** @throws LibraError LIBRA_CONFIG_INVALID when the URL can't be used */
export function createDiscordNotifier(options: DiscordNotifierOptions): Notifier {
  const door = openJsonDoor({ ...options, who: 'Discord', mustBePrivate: true });
  return {
    name: options.name,
    type: 'discord',
    defaultSamples: 'ids',
    takesActions: true,
    pace: { key: `discord ${options.url}`, rates: RATES },
    // Only then is a message that was not kept an error.
    send: ({ message }: Outgoing, signal) =>
      door.post({ body: discordBody(message), query: 'wait=true', read: readDiscord, signal }),
    close: door.close,
  };
}

export function discordBody(message: Message) {
  return bodyOf(
    fitMessage(message, (candidate) => {
      const { embeds } = bodyOf(candidate);
      const sizes = embeds.map(({ title, description }) => ({ title: title.length, description: description.length }));
      return (
        sizes.every((one) => one.title <= MAX_TITLE && one.description <= MAX_DESCRIPTION) &&
        sizes.reduce((sum, one) => sum + one.title + one.description, 0) <= MAX_TEXT
      );
    }),
  );
}

function bodyOf(message: FittedMessage) {
  const { emoji, rgb } = markOf(message);
  const embeds = message.texts.map((text, position) => ({
    title: `${emoji} ${disarmMarkdown(titleLine(message, text))}`,
    // Buttons are for applications; a webhook has links.
    description: [descriptionOf(text), ...(position === message.texts.length - 1 ? linksOf(message) : [])].join('\n\n'),
    color: rgb,
    // Of embeds with the same address only the first is shown.
    ...(message.link !== null && position === 0 ? { url: message.link } : {}),
  }));
  return { allowed_mentions: { parse: [] }, embeds };
}

function linksOf(message: FittedMessage): string[] {
  const links = answersOf(message).map(({ text, url }) => `[${text}](${markdownAddress(url)})`);
  return links.length === 0 ? [] : [links.join(' | ')];
}

/** An empty one is refused. */
function descriptionOf({ lead, sections, rest }: FittedText): string {
  const blocks = [
    disarmMarkdown(lead),
    ...sections.map(({ heading, lines }) =>
      [`**${disarmMarkdown(heading)}**`, ...lines.map((line) => `- ${disarmMarkdown(line)}`)].join('\n'),
    ),
    ...(rest === null ? [] : [rest]),
  ];
  return blocks.filter((block) => block !== '').join('\n\n') || '…';
}

function readDiscord({ status, json, retryAfterMs }: JsonAnswer): DeliveryOutcome | null {
  if (status === 429) {
    const seconds = Number(json.retry_after);
    const afterMs = Number.isFinite(seconds) ? Math.ceil(seconds * 1000) : retryAfterMs;
    return { kind: 'retry', error: 'Discord answered 429: too many messages.', afterMs };
  }
  if (status === 200 && json.id === undefined) {
    const error = 'Discord answered 200 without the message: is something between that answers for it?';
    return { kind: 'retry', error, afterMs: retryAfterMs };
  }
  if (status === 401 || status === 403 || status === 404)
    return { kind: 'dead', error: `Discord answered ${status}: the webhook is gone. Make a new one in the channel.` };
  if (status === 400) return { kind: 'dead', error: `Discord answered 400 (code ${String(json.code ?? '?')}).` };
  return null;
}
