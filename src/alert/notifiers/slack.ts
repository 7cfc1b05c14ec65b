/** Sends blocks to an incoming webhook of Slack. */
import type { Clock } from '../../system/clock.ts';
import { buttonsOf } from '../buttons.ts';
import { cleanLine } from '../clean-text.ts';
import { cutText } from '../cut-text.ts';
import { disarm, disarmMarkdown } from '../disarm.ts';
import { type FittedMessage, type FittedText, fitMessage } from '../fit-message.ts';
import type { Message } from '../message.ts';
import type { DeliveryOutcome, Notifier, Outgoing } from '../notifier.ts';
import { type JsonAnswer, openJsonDoor } from '../post-json.ts';
import { titleLine } from '../render-text.ts';
import { markOf } from '../severity-mark.ts';

export interface SlackNotifierOptions {
  readonly name: string;
  /** `https://hooks.slack.com/services/...` */
  readonly url: string;
  readonly clock: Clock;
  readonly timeoutMs?: number;
}

const MAX_HEADER = 150;
const MAX_SECTION = 3000;
const MAX_BLOCKS = 50;
const MAX_URL = 3000;
const MAX_BUTTON = 75;
/** Of all blocks together; about 13,000 are refused as `msg_blocks_too_long`. */
const MAX_TEXT = 12_000;

const RATES = [{ count: 1, perMs: 1_000 }] as const;

/** @throws LibraError LIBRA_CONFIG_INVALID when the URL can't be used */
export function createSlackNotifier(options: SlackNotifierOptions): Notifier {
  const door = openJsonDoor({ ...options, who: 'Slack', mustBePrivate: true });
  return {
    name: options.name,
    type: 'slack',
    defaultSamples: 'ids',
    takesActions: true,
    pace: { key: `slack ${options.url}`, rates: RATES },
    send: ({ message }: Outgoing, signal) => door.post({ body: slackBody(message), read: readSlack, signal }),
    close: door.close,
  };
}

export function slackBody(message: Message) {
  return bodyOf(fitMessage(message, (candidate) => isTakenBySlack(candidate)));
}

function isTakenBySlack(message: FittedMessage): boolean {
  const { text, blocks } = bodyOf(message);
  const sections = blocks.flatMap((block) => (block.type === 'section' && block.text ? [block.text.text] : []));
  const all = JSON.stringify(blocks).length + text.length;
  return (
    all <= MAX_TEXT &&
    blocks.length <= MAX_BLOCKS &&
    sections.every((section) => section.length <= MAX_SECTION) &&
    buttonsOf(message).every(({ url }) => url.length <= MAX_URL)
  );
}

interface Block {
  readonly type: 'header' | 'section' | 'divider' | 'actions';
  readonly text?: { readonly type: string; readonly text: string };
  readonly elements?: readonly unknown[];
}

function bodyOf(message: FittedMessage) {
  const [first] = message.texts;
  const blocks = message.texts.flatMap((text, position): Block[] => [
    ...(position === 0 ? [] : [{ type: 'divider' } as const]),
    header(`${markOf(message).emoji} ${titleLine(message, text)}`),
    ...sectionsOf(text),
  ]);
  return {
    // What notifications and screen readers show.
    text: first ? escapeSlack(disarmMarkdown(titleLine(message, first))) : 'Libra',
    blocks: [...blocks, ...actions(message)],
    unfurl_links: false,
    unfurl_media: false,
  };
}

/** Packed into as few blocks as hold them, each line whole. */
function sectionsOf({ lead, sections, rest }: FittedText): Block[] {
  const lines = [
    escapeSlack(disarmMarkdown(lead)),
    ...sections.flatMap(({ heading, lines: inner }) => [
      `\n*${escapeSlack(disarmMarkdown(heading))}*`,
      ...inner.map((line) => `• ${escapeSlack(disarmMarkdown(line))}`),
    ]),
    ...(rest === null ? [] : [rest]),
  ].filter((line) => line !== '');
  const packed: string[] = [];
  for (const line of lines) {
    const longer = `${packed.at(-1) ?? ''}\n${line}`;
    if (packed.length > 0 && longer.length <= MAX_SECTION) packed[packed.length - 1] = longer;
    else packed.push(line.trimStart());
  }
  // Verbatim: Slack itself makes no links and mentions of words in it.
  return packed.map((text) => ({ type: 'section', text: { type: 'mrkdwn', text, verbatim: true } }));
}

function header(title: string): Block {
  // An entity counts as what is sent, so the room is measured after escaping and nothing is cut within one.
  let room = MAX_HEADER;
  while (escapeSlack(disarm(cutText(title, room))).length > MAX_HEADER) room -= 5;
  return {
    type: 'header',
    text: { type: 'plain_text', text: escapeSlack(disarm(cutText(title, room))), ...{ emoji: false } },
  };
}

function actions(message: FittedMessage): Block[] {
  const elements = buttonsOf(message).map(({ text, url }) => ({
    type: 'button',
    text: { type: 'plain_text', text: cutText(text, MAX_BUTTON) },
    url,
  }));
  return elements.length === 0 ? [] : [{ type: 'actions', elements }];
}

/** Exactly these three, as Slack has it. */
function escapeSlack(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

/** Errors come as a word in plain text; `ok` alone is success. */
function readSlack({ status, text, json, retryAfterMs }: JsonAnswer): DeliveryOutcome | null {
  const word = cleanLine(text, 120);
  if (status === 200 && word === 'ok') return { kind: 'sent', detail: 'ok' };
  if (status === 429) {
    const seconds = Number(json.retry_after);
    const afterMs = retryAfterMs ?? (Number.isFinite(seconds) ? seconds * 1000 : null);
    return { kind: 'retry', error: 'Slack answered 429: too many messages.', afterMs };
  }
  if (status >= 200 && status <= 299) {
    const error = `Slack answered ${status} but not "ok": is something between that answers for it?`;
    return { kind: 'retry', error, afterMs: retryAfterMs };
  }
  if (status < 400 || status >= 500 || status === 408 || status === 425) return null;
  const hint = status === 404 || status === 403 || status === 410 ? ' Make a new incoming webhook in Slack.' : '';
  return { kind: 'dead', error: `Slack answered ${status}: ${word}.${hint}` };
}
