/** Prints alerts to a terminal or log as a readable block; colour only where a person looks. */
import { cleanLine } from '../clean-text.ts';
import type { Message, MessageText } from '../message.ts';
import type { Notifier } from '../notifier.ts';
import { titleLine } from '../render-text.ts';

export interface TerminalNotifierOptions {
  readonly name: string;
  readonly write: (text: string) => void;
  /** True only on a TTY without NO_COLOR (see `wantsColour`). */
  readonly hasColour: boolean;
}

/** Colour on a terminal, unless NO_COLOR is set to anything (no-color.org). */
export function wantsColour(isTty: boolean, environment: Readonly<Record<string, string | undefined>>): boolean {
  return isTty && !environment.NO_COLOR;
}

export function createTerminalNotifier(options: TerminalNotifierOptions): Notifier {
  return {
    name: options.name,
    type: 'terminal',
    defaultSamples: 'full',
    async send(outgoing) {
      try {
        options.write(renderBlock(outgoing.message, options.hasColour));
        return { kind: 'sent', detail: 'printed' };
      } catch (error) {
        return { kind: 'dead', error: error instanceof Error ? error.message : String(error) };
      }
    },
    close: () => {},
  };
}

const COLOURS = { critical: '31', warning: '33', info: '36' } as const;

/** The block: a bar on the left in the colour of the severity (green when resolved). */
export function renderBlock(message: Message, hasColour: boolean): string {
  const paint = (code: string, text: string) => (hasColour ? `\u001b[${code}m${text}\u001b[0m` : text);
  const colour = message.isResolved ? '32' : COLOURS[message.severity];
  const bar = paint(colour, '┃');
  const lines = message.texts.flatMap((text, i) => [
    ...(i ? [''] : []),
    ...linesOf(
      message,
      text,
      (t) => paint(`1;${colour}`, t),
      (t) => paint('1', t),
    ),
  ]);
  if (message.link) lines.push('', `${message.texts[0]?.linkText ?? ''}: ${cleanLine(message.link, 500)}`);
  return `\n${lines.map((line) => `${bar} ${line}`.trimEnd()).join('\n')}\n\n`;
}

function linesOf(
  message: Message,
  text: MessageText,
  title: (text: string) => string,
  bold: (text: string) => string,
): string[] {
  const mark = message.isResolved ? '✔' : message.severity === 'info' ? 'ℹ' : '▼';
  return [
    title(`${mark} ${titleLine(message, text)}`),
    cleanLine(text.lead, 1000),
    ...text.sections.flatMap(({ heading, lines }) => [
      bold(cleanLine(heading)),
      ...lines.map((line) => `  ${cleanLine(line, 1000)}`),
    ]),
  ];
}
