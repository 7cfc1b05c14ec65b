/** The buttons of a message, in all its languages: to open it in Libra, and to answer it. */
import type { AlertAction } from '../domain/alert-action.ts';
import type { MessageLanguage } from './alert-words.ts';
import type { Message } from './message.ts';

export interface Button {
  readonly text: string;
  readonly url: string;
}

const WORDS: Readonly<Record<AlertAction, Readonly<Record<MessageLanguage, string>>>> = {
  acknowledge: { en: 'Acknowledge', zh: '确认' },
  'silence-1h': { en: 'Silence 1 h', zh: '静默 1 小时' },
  'silence-24h': { en: 'Silence 24 h', zh: '静默 24 小时' },
};

/** The link to Libra first. */
export function buttonsOf(message: Message): Button[] {
  return [...linkOf(message), ...answersOf(message)];
}

/** Those that answer the alert. */
export function answersOf({ actions = [], texts }: Message): Button[] {
  return actions.map(({ action, url }) => ({
    text: texts.map(({ language }) => WORDS[action][language]).join(' · '),
    url,
  }));
}

function linkOf({ link, texts }: Message): Button[] {
  const text = texts.map(({ linkText }) => linkText).join(' · ');
  return link === null ? [] : [{ text: text || 'Libra', url: link }];
}
