/** smoke: a handful of docs of every task, to see that everything runs; too few for verdicts on small changes. */
import type { Strategy } from '../strategy.ts';
import { fixed } from './fixed.ts';

const DOCS = 20;

export const smoke: Strategy = {
  name: 'smoke',
  description: `${DOCS} docs of every task: does it run at all?`,
  plan: (input) =>
    fixed.plan({ ...input, docsPerTask: Math.min(DOCS, input.docsPerTask) }).map((slice) => ({
      ...slice,
      reason: `${slice.docs} docs to see that the task runs; too few to notice small changes`,
    })),
};
