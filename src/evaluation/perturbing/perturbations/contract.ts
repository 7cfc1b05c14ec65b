/** Contracts what is written out: "do not" -> "don't" (HELM's ContractionPerturbation). */
import { contractWords } from '../contract-words.ts';
import type { TextPerturbation } from '../perturbation.ts';

export const contract: TextPerturbation = {
  kind: 'text',
  name: 'contract',
  description: 'contracts what is written out: "do not" becomes "don\'t"',
  revision: 1,
  language: 'en',
  load: async () => contractWords,
};
