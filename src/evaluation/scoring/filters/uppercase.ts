/** Upper case. */
import type { AnswerFilter } from '../filter.ts';

export const uppercase: AnswerFilter = {
  id: 'uppercase',
  options: [],
  apply: (answers) => answers.map((answer) => answer.toUpperCase()),
};
