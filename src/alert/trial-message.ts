/** A message that says nothing but that messages arrive. */
import type { MessageLanguage } from './alert-words.ts';
import type { Message, MessageText } from './message.ts';

const TEXTS: Readonly<Record<MessageLanguage, MessageText>> = {
  en: {
    language: 'en',
    title: 'Libra can reach you here',
    lead: 'This is a trial: nothing is wrong.',
    sections: [{ heading: 'What comes here', lines: ['regressions with their evidence, and trouble with runs'] }],
    linkText: 'Open in Libra',
  },
  zh: {
    language: 'zh',
    title: 'Libra 能把消息发到这里',
    lead: '这是一条测试消息，没有任何异常。',
    sections: [{ heading: '这里会收到什么', lines: ['能力下降及其证据，以及训练任务的异常'] }],
    linkText: '在 Libra 中查看',
  },
};

export function trialMessage(language: MessageLanguage | 'both'): Message {
  return {
    severity: 'info',
    isResolved: false,
    thread: 'trial',
    run: 'Libra',
    texts: language === 'both' ? [TEXTS.en, TEXTS.zh] : [TEXTS[language]],
    link: null,
  };
}
