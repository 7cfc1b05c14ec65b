/** fixed: the same first docs of every task on every checkpoint, so that all of them can be compared doc by doc. */
import { planFirstDocs } from '../first-docs.ts';
import type { Strategy } from '../strategy.ts';

export const fixed: Strategy = {
  name: 'fixed',
  description: 'the first docs of every task, the same on every checkpoint',
  escalates: false,
  plan: (input) => ({
    slices: planFirstDocs(input, (docs, size) => {
      const part = docs < size ? `The first ${docs} of ${size} docs` : `All ${docs} docs`;
      return `${part} in the task's fixed order: every checkpoint answers the same ones, so any two can be compared doc by doc.`;
    }),
    leftOut: [],
  }),
};
