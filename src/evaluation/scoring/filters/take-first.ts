/** Keeps the first answer. */
import type { AnswerFilter } from '../filter.ts';

export const takeFirst: AnswerFilter = {
  id: 'take_first',
  options: [],
  apply: (answers) => answers.slice(0, 1),
};
