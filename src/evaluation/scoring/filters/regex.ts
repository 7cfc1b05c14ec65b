/** Takes out what a Python regular expression finds; `[invalid]` when it finds nothing. */
import type { AnswerFilter } from '../filter.ts';
import { compiled, fallbackOf, selected } from '../select-match.ts';

export const regex: AnswerFilter = {
  id: 'regex',
  options: ['regex_pattern', 'group_select', 'fallback'],
  check: (options) => void compiled(options),
  apply: (answers, options) => {
    const pattern = compiled(options);
    const fallback = fallbackOf(options);
    return answers.map((answer) => selected(pattern, answer, options) ?? fallback);
  },
};
