/** staged: what suits the kind of the model and the stage of its training, the most telling first, within the budget. */
import { planInOrder } from '../plan-order.ts';
import type { Strategy } from '../strategy.ts';

/** An annealed model changes most in the least time, so its small changes are worth twice the docs. */
const DENSE = 2;

export const staged: Strategy = {
  name: 'staged',
  description: 'what suits the kind of model and its stage of training, the most telling first, within the budget',
  escalates: true,
  plan: (input) => {
    const docs = input.stage.stage === 'annealing' ? DENSE * input.docsPerTask : input.docsPerTask;
    return planInOrder(input, { docs, isFull: false });
  },
};
