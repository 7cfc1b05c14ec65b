/** Everything in lower case. */
import type { TextPerturbation } from '../perturbation.ts';

export const lowerCase: TextPerturbation = {
  kind: 'text',
  name: 'lower_case',
  description: 'everything in lower case',
  revision: 1,
  language: 'en',
  load: async () => (text) => text.toLowerCase(),
};
