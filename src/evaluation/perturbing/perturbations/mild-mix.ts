/** HELM's mild mix for English: what a hurried but honest person might type. */
import type { MixedPerturbation } from '../perturbation.ts';

export const mildMix: MixedPerturbation = {
  kind: 'mix',
  name: 'mild_mix',
  description: "HELM's mild mix for English: lower case, contractions, misspellings, extra spaces",
  revision: 1,
  steps: ['lower_case', 'contract', 'misspellings', 'extra_spaces'],
};
