/**
 * Finds which choice an answer names, as `(A)`, `(B)`, ...: by the regular expression, else by the text of a choice,
 * else by a letter behind a colon. The doc's column `choices` lists the choices.
 */

import { compilePythonRegex, findAll, substitute } from '../../python/python-regex.ts';
import { strip } from '../../python/python-text.ts';
import { numberIn, pythonStr } from '../../python/python-value.ts';
import type { AnswerFilter, FilterOptions } from '../filter.ts';
import { compiled, fallbackOf, selected } from '../select-match.ts';

export const multiChoiceRegex: AnswerFilter = {
  id: 'multi_choice_regex',
  options: ['regex_pattern', 'group_select', 'fallback', 'ignore_case', 'ignore_punctuation', 'regexes_to_ignore'],
  check: (options) => void compiled(options),
  apply: (answers, options, doc) => {
    const choices = doc.choices;
    if (!Array.isArray(choices)) throw new Error('the filter multi_choice_regex needs a column `choices`');
    const pattern = compiled(options);
    const simplify = simplifier(options);
    const letters = choices.map((_, i) => String.fromCharCode(65 + i));
    const byText = new Map(choices.map((choice, i) => [simplify(strip(pythonStr(choice))), `(${letters[i]})`]));
    const byLetter = new Map(letters.map((letter) => [letter, `(${letter})`]));
    // Longest first: a choice that begins another must not hide it.
    const texts = [...byText.keys()].map(escapeRegex).sort((a, b) => b.length - a.length);
    const anyText = new RegExp(texts.join('|'), 'gu');
    const anyLetter = compilePythonRegex(`:[\\s]*(${letters.join('|')})`);
    return answers.map((answer) => {
      const found =
        named(selected(pattern, answer, options)) ??
        named(pick(anyText, simplify(answer), byText, options)) ??
        named(pick(anyLetter, answer, byLetter, options));
      return found ?? fallbackOf(options);
    });
  },
};

const named = (text: string | undefined) => (text === '' ? undefined : text);

function pick(
  pattern: RegExp,
  text: string,
  names: ReadonlyMap<string, string>,
  options: FilterOptions,
): string | undefined {
  const match = findAll(pattern, text).at(numberIn(options.group_select) ?? 0);
  if (match === undefined) return undefined;
  const word = strip(typeof match === 'string' ? match : (match.find((group) => group !== '') ?? ''));
  return names.get(word) ?? word;
}

function simplifier(options: FilterOptions): (text: string) => string {
  const ignored = [options.regexes_to_ignore ?? []].flat().map((pattern) => compilePythonRegex(String(pattern)));
  return (text) => {
    let simple = ignored.reduce((rest, pattern) => substitute(pattern, '', rest), text);
    if (options.ignore_case === true) simple = simple.toLowerCase();
    return options.ignore_punctuation === true ? simple.replace(/\p{P}/gu, '') : simple;
  };
}

function escapeRegex(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
