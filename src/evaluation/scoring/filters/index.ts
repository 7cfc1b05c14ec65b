/** The answer filters. */
import type { AnswerFilter } from '../filter.ts';
import { lowercase } from './lowercase.ts';
import { majorityVote } from './majority-vote.ts';
import { map } from './map.ts';
import { multiChoiceRegex } from './multi-choice-regex.ts';
import { regex } from './regex.ts';
import { removeWhitespace } from './remove-whitespace.ts';
import { takeFirst } from './take-first.ts';
import { takeFirstK } from './take-first-k.ts';
import { uppercase } from './uppercase.ts';

export const FILTERS: readonly AnswerFilter[] = [
  takeFirst,
  takeFirstK,
  regex,
  removeWhitespace,
  lowercase,
  uppercase,
  map,
  majorityVote,
  multiChoiceRegex,
];
