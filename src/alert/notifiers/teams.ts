/** Sends an adaptive card to a workflow of Microsoft Teams. Its answer says that the flow began, not that the card arrived. */
import type { Clock } from '../../system/clock.ts';
import { buttonsOf } from '../buttons.ts';
import { disarmMarkdown } from '../disarm.ts';
import { type FittedMessage, fitMessage, jsonBytes } from '../fit-message.ts';
import type { Message } from '../message.ts';
import type { DeliveryOutcome, Notifier, Outgoing } from '../notifier.ts';
import { type JsonAnswer, openJsonDoor } from '../post-json.ts';
import { titleLine } from '../render-text.ts';
import { markOf } from '../severity-mark.ts';

export interface TeamsNotifierOptions {
  readonly name: string;
  /** Of the workflow "when a webhook request is received", with its `sig`. */
  readonly url: string;
  readonly clock: Clock;
  readonly timeoutMs?: number;
}

/** The flow counts more than is sent and fails after it has answered, so well below its 28,672. */
const MAX_BYTES = 20_000;
const COLOURS = { red: 'Attention', orange: 'Warning', blue: 'Accent', green: 'Good' } as const;

const RATES = [{ count: 4, perMs: 1_000 }] as const;

/** @throws LibraError LIBRA_CONFIG_INVALID when the URL can't be used */
export function createTeamsNotifier(options: TeamsNotifierOptions): Notifier {
  const door = openJsonDoor({ ...options, who: 'Teams', mustBePrivate: true });
  return {
    name: options.name,
    type: 'teams',
    defaultSamples: 'ids',
    takesActions: true,
    pace: { key: `teams ${options.url}`, rates: RATES },
    send: ({ message }: Outgoing, signal) => door.post({ body: teamsBody(message), read: readTeams, signal }),
    close: door.close,
  };
}

export function teamsBody(message: Message) {
  return bodyOf(fitMessage(message, (candidate) => jsonBytes(bodyOf(candidate)) <= MAX_BYTES));
}

function bodyOf(message: FittedMessage) {
  const { emoji, colour } = markOf(message);
  const body = message.texts.flatMap((text, position) => [
    {
      ...block(`${emoji} ${disarmMarkdown(titleLine(message, text))}`),
      size: 'Medium',
      weight: 'Bolder',
      color: COLOURS[colour],
      separator: position > 0,
    },
    ...(text.lead === '' ? [] : [block(disarmMarkdown(text.lead))]),
    ...text.sections.flatMap(({ heading, lines }) => [
      { ...block(disarmMarkdown(heading)), weight: 'Bolder' },
      block(lines.map((line) => `- ${disarmMarkdown(line)}`).join('\n')),
    ]),
    ...(text.rest === null ? [] : [block(text.rest)]),
  ]);
  const actions = buttonsOf(message).map(({ text, url }) => ({ type: 'Action.OpenUrl', title: text, url }));
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    msteams: { width: 'Full' },
    body,
    actions,
  };
  return { type: 'message', attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content }] };
}

function block(text: string) {
  return { type: 'TextBlock', text, wrap: true };
}

function readTeams({ status, text, retryAfterMs }: JsonAnswer): DeliveryOutcome | null {
  // A sign-in page that stands before the flow answers 200 as well.
  if (status >= 200 && status <= 299 && text.trimStart().startsWith('<')) {
    const error = `Teams answered ${status} with a page: is something between that answers for it?`;
    return { kind: 'retry', error, afterMs: retryAfterMs };
  }
  if (status >= 200 && status <= 299) return { kind: 'sent', detail: `HTTP ${status}: the workflow has it` };
  if (status === 413) return { kind: 'dead', error: 'Teams answered 413: the message is too large.' };
  if (status === 400 || status === 401 || status === 403 || status === 404)
    return {
      kind: 'dead',
      error: `Teams answered ${status}. Copy the url from the workflow again, and see that it is on.`,
    };
  return null;
}
