/** What the page says, in the reader's language. */
import { useObservable } from './observable.ts';
import { language } from './settings.ts';
import { EN, type Words } from './words/en.ts';
import { ZH } from './words/zh.ts';

export type { Words } from './words/en.ts';

export function useWords(): Words {
  return useObservable(language) === 'zh' ? ZH : EN;
}

/** `fill('{n} of {m}', {n: 1, m: 2})` */
export function fill(sentence: string, values: Readonly<Record<string, string | number>>): string {
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** A word of the API (a state, a verdict) as the reader says it; one nobody knows stands as it is. */
export function say(words: Readonly<Record<string, string>>, word: string): string {
  return words[word] ?? word;
}
