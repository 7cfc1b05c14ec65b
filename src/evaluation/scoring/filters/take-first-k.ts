/** Keeps the first `k` answers. */

import { numberIn } from '../../python/python-value.ts';
import type { AnswerFilter } from '../filter.ts';

export const takeFirstK: AnswerFilter = {
  id: 'take_first_k',
  options: ['k'],
  check: ({ k }, { repeats }) => {
    const count = numberIn(k);
    if (count === undefined || !Number.isInteger(count) || count < 1) throw new Error('`k` must be a whole number');
    if (count > repeats) throw new Error(`it takes ${count} answers, and \`repeats\` asks for ${repeats}`);
  },
  apply: (answers, { k }) => answers.slice(0, numberIn(k)),
};
