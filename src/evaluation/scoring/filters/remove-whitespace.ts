/** Strips whitespace at both ends. */

import { strip } from '../../python/python-text.ts';
import type { AnswerFilter } from '../filter.ts';

export const removeWhitespace: AnswerFilter = {
  id: 'remove_whitespace',
  options: [],
  apply: (answers) => answers.map((answer) => strip(answer)),
};
