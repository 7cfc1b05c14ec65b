/** Replaces whole answers by a table (`mapping_dict`), others by `default_value`. */

import { isDict, pythonStr } from '../../python/python-value.ts';
import type { AnswerFilter } from '../filter.ts';

export const map: AnswerFilter = {
  id: 'map',
  options: ['mapping_dict', 'default_value'],
  check: ({ mapping_dict: table }) => {
    if (table != null && !isDict(table)) throw new Error('`mapping_dict` must be a mapping');
  },
  apply: (answers, { mapping_dict: table, default_value: other }) =>
    answers.map((answer) => {
      const entries = (table ?? {}) as Readonly<Record<string, unknown>>;
      return pythonStr(Object.hasOwn(entries, answer) ? entries[answer] : (other ?? null));
    }),
};
