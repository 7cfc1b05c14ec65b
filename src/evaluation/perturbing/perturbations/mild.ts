/** The mild mix of each doc's own language. */
import type { PerturbationByLanguage } from '../perturbation.ts';

export const mild: PerturbationByLanguage = {
  kind: 'by-language',
  name: 'mild',
  description: 'mild_mix for docs in English, mild_mix_zh for docs in Chinese',
  revision: 1,
  of: { en: 'mild_mix', zh: 'mild_mix_zh' },
};
