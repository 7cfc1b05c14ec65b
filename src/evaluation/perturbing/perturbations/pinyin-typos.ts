/** Chinese characters replaced by others that sound alike, as an input method offers them, with probability 0.05 (as CLEVA in HELM). */
import type { TextPerturbation } from '../perturbation.ts';
import { pickFrom } from '../seeded-random.ts';

const PROBABILITY = 0.05;

export const pinyinTypos: TextPerturbation = {
  kind: 'text',
  name: 'pinyin_typos',
  description: `Chinese characters replaced by common ones that sound alike with probability ${PROBABILITY}`,
  revision: 1,
  language: 'zh',
  load: async () => {
    const { readHomophones } = await import('../homophones.ts');
    const homophones = await readHomophones();
    return (text, random) => {
      let out = '';
      for (const character of text) {
        const alike = homophones.get(character);
        out += alike === undefined || random.next() >= PROBABILITY ? character : pickFrom(alike, random);
      }
      return out;
    };
  },
};
