/** Strips whitespace at both ends. */
import type { AnswerFilter } from '../filter.ts';
import { strip } from '../python/python-text.ts';

export const removeWhitespace: AnswerFilter = {
  id: 'remove_whitespace',
  options: [],
  apply: (answers) => answers.map((answer) => strip(answer)),
};
