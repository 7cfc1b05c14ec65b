/** Each gap between words becomes one to three spaces wide (HELM's SpacePerturbation). */
import type { TextPerturbation } from '../perturbation.ts';

const MOST = 3;

export const extraSpaces: TextPerturbation = {
  kind: 'text',
  name: 'extra_spaces',
  description: `one to ${MOST} spaces between words`,
  revision: 1,
  language: 'en',
  load: async () => (text, random) => text.replace(/ +/g, () => ' '.repeat(1 + random.below(MOST))),
};
