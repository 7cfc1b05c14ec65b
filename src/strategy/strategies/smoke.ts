/** smoke: a handful of docs of every task, to see that everything runs; too few for verdicts on small changes. */
import { planFirstDocs } from '../first-docs.ts';
import type { Strategy } from '../strategy.ts';

const DOCS = 20;

export const smoke: Strategy = {
  name: 'smoke',
  description: `${DOCS} docs of every task: does it run at all?`,
  escalates: false,
  plan: (input) => ({
    slices: planFirstDocs(
      { ...input, docsPerTask: Math.min(DOCS, input.docsPerTask) },
      (docs) => `${docs} docs to see that the task runs; too few to notice small changes.`,
    ),
    leftOut: [],
  }),
};
