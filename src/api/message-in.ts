/** What is sent of an alert, in one language, as its own dashboard may show it: with the docs in full. */
import { type MessageText, messageOf } from '../alert/message.ts';
import type { Alert } from '../domain/alert.ts';

export function messageIn(language: 'en' | 'zh', alert: Alert): MessageText {
  return messageOf(alert, { language, samples: 'full' }).texts[0]!;
}
