/**
 * adaptive: few docs while nothing happens, many when something might. Every checkpoint gets the base docs in the order of what they are
 * expected to tell, anchors get the full set, and what looks worse is asked further at once.
 */
import { planInOrder } from '../plan-order.ts';
import type { Strategy } from '../strategy.ts';

export const adaptive: Strategy = {
  name: 'adaptive',
  description:
    'few docs while nothing happens, more of what looks worse, the full set at every anchor, within the budget',
  escalates: true,
  plan: (input) => planInOrder(input, { docs: input.docsPerTask, isFull: input.isAnchor }),
};
