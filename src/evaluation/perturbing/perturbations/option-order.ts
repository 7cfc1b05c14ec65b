/** The options of a choice question in another order; what is right moves with them. */

import type { TaskPerturbation } from '../perturbation.ts';
import { prepareOptionOrder } from '../reorder-options.ts';

export const optionOrder: TaskPerturbation = {
  kind: 'task',
  name: 'option_order',
  description: 'the options shown in another order, the right answer moved along',
  revision: 1,
  prepare: prepareOptionOrder,
};
