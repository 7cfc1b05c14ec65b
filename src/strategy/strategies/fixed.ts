/** fixed: the same first docs of every task on every checkpoint, so that all of them can be compared doc by doc. */
import { planFirstDocs } from '../first-docs.ts';
import type { Strategy } from '../strategy.ts';

export const fixed: Strategy = {
  name: 'fixed',
  description: 'the first docs of every task, the same on every checkpoint',
  plan: (input) =>
    planFirstDocs(input, (docs, size) => {
      const part = docs < size ? `the first ${docs} of ${size} docs` : `all ${docs} docs`;
      return `${part} in the task's fixed order: every checkpoint answers the same ones, so any two can be compared doc by doc`;
    }),
};
