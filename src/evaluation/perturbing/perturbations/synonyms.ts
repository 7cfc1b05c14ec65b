/** Chinese words replaced by synonyms with probability 0.3 (as CLEVA in HELM, over a list of our own). */
import type { TextPerturbation } from '../perturbation.ts';
import { pickFrom } from '../seeded-random.ts';

const PROBABILITY = 0.3;

export const synonyms: TextPerturbation = {
  kind: 'text',
  name: 'synonyms',
  description: `Chinese words replaced by synonyms with probability ${PROBABILITY}`,
  revision: 1,
  language: 'zh',
  load: async () => {
    const { SYNONYMS, GUARD_WORDS } = await import('../word-lists/chinese-synonyms.ts');
    const { createWordFinder } = await import('../find-words.ts');
    const findWords = createWordFinder(new Set([...SYNONYMS.keys(), ...GUARD_WORDS]));
    return (text, random) => {
      let out = '';
      let from = 0;
      for (const { start, end } of findWords(text)) {
        const choices = SYNONYMS.get(text.slice(start, end));
        if (choices === undefined || random.next() >= PROBABILITY) continue;
        out += text.slice(from, start) + pickFrom(choices, random);
        from = end;
      }
      return out + text.slice(from);
    };
  },
};
