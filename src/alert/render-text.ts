/** A message as plain text, for terminals, mail and logs. */
import { buttonsOf } from './buttons.ts';
import { cleanLine } from './clean-text.ts';
import type { Message, MessageText } from './message.ts';

/** Every language after the other, the link last. */
export function renderText(message: Message): string {
  const texts = message.texts.map((text) => `${titleLine(message, text)}\n\n${renderBody(text)}`);
  const links = buttonsOf(message).map(({ text, url }) => `${text}: ${url}`);
  return `${[...texts, ...(links.length ? [links.join('\n')] : [])].join('\n\n')}\n`;
}

export function titleLine(message: Message, text: MessageText): string {
  const state = message.isResolved ? (text.language === 'zh' ? '【已恢复】' : '[Resolved] ') : '';
  return `${state}${cleanLine(text.title)}`;
}

function renderBody(text: MessageText): string {
  const sections = text.sections.map(
    ({ heading, lines }) => `${cleanLine(heading)}\n${lines.map((line) => `  - ${cleanLine(line, 1000)}`).join('\n')}`,
  );
  return [cleanLine(text.lead, 1000), ...sections].join('\n\n');
}
