/** A message shortened until a channel takes it: whole lines where possible, every language alike, the link kept. Pure. */
import { cleanLine } from './clean-text.ts';
import { cutText } from './cut-text.ts';
import type { Message, MessageText } from './message.ts';

export interface FittedText extends MessageText {
  /** Says that more is to be read behind the link; null when all is here. */
  readonly rest: string | null;
}

/** Every text in it is clean and one line; what is left to a channel is its own escaping. */
export interface FittedMessage extends Message {
  readonly texts: readonly FittedText[];
}

/** A shorter piece of a line says nothing. */
const SHORTEST_PIECE = 24;
const REST = { en: ['… the rest is in Libra', '…'], zh: ['…… 其余内容见 Libra', '……'] } as const;

/**
 * The longest beginning of the message that `fits`, which is asked of whole messages: so a channel measures what it really sends.
 * Links that alone are too much are left out.
 */
export function fitMessage(message: Message, fits: (message: FittedMessage) => boolean): FittedMessage {
  const clean = cleanMessage(message);
  const longest = Math.max(0, ...clean.texts.map(lengthOf));
  const whole = shorten(clean, longest);
  if (fits(whole)) return whole;
  let best: FittedMessage | null = null;
  let [low, high] = [0, longest - 1];
  while (low <= high) {
    const budget = (low + high) >> 1;
    const candidate = shorten(clean, budget);
    if (fits(candidate)) {
      best = candidate;
      low = budget + 1;
    } else high = budget - 1;
  }
  if (best !== null) return best;
  if (clean.actions !== undefined) {
    const { actions: _, ...plain } = clean;
    return fitMessage(plain, fits);
  }
  return clean.link === null ? shorten(clean, 0) : fitMessage({ ...clean, link: null }, fits);
}

function cleanMessage(message: Message): Message {
  const { link } = message;
  return {
    ...message,
    link: link !== null && /^https?:\/\/\S+$/.test(link) ? link : null,
    texts: message.texts.map((text) => ({
      ...text,
      title: cleanLine(text.title),
      lead: cleanLine(text.lead, 1000),
      sections: text.sections.map(({ heading, lines }) => ({
        heading: cleanLine(heading),
        lines: lines.map((line) => cleanLine(line, 1000)),
      })),
    })),
  };
}

function lengthOf({ title, lead, sections }: MessageText): number {
  return sections.reduce(
    (sum, { heading, lines }) => lines.reduce((inner, line) => inner + line.length, sum + heading.length),
    title.length + lead.length,
  );
}

/** Of each language the beginning of so many characters. */
function shorten(message: Message, budget: number): FittedMessage {
  return { ...message, texts: message.texts.map((text) => shortenText(text, budget, message.link !== null)) };
}

function shortenText(text: MessageText, budget: number, hasLink: boolean): FittedText {
  let left = budget;
  const take = (line: string, shortest = 0): string => {
    const kept = line.length <= left ? line : left < shortest ? '' : cutText(line, left);
    left = kept === line ? left - line.length : 0;
    return kept;
  };
  const title = take(text.title);
  const lead = take(text.lead);
  const sections = text.sections.flatMap(({ heading, lines }) => {
    if (take(heading, Number.POSITIVE_INFINITY) === '') return [];
    const kept = lines.map((line) => take(line, SHORTEST_PIECE)).filter(Boolean);
    return kept.length ? [{ heading, lines: kept }] : [];
  });
  const isWhole = lengthOf(text) <= budget;
  return { ...text, title, lead, sections, rest: isWhole ? null : REST[text.language][hasLink ? 0 : 1] };
}

/** Bytes of a body as it is sent. */
export function jsonBytes(body: unknown): number {
  return Buffer.byteLength(JSON.stringify(body));
}
