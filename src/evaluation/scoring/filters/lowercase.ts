/** Lower case. */
import type { AnswerFilter } from '../filter.ts';

export const lowercase: AnswerFilter = {
  id: 'lowercase',
  options: [],
  apply: (answers) => answers.map((answer) => answer.toLowerCase()),
};
