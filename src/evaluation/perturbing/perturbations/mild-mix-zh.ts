/** CLEVA's mild mix for Chinese: synonyms, then homophone typos. */
import type { MixedPerturbation } from '../perturbation.ts';

export const mildMixZh: MixedPerturbation = {
  kind: 'mix',
  name: 'mild_mix_zh',
  description: "CLEVA's mild mix for Chinese: synonyms, then homophone typos",
  revision: 1,
  steps: ['synonyms', 'pinyin_typos'],
};
