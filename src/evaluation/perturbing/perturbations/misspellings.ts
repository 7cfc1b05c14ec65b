/** Words that are often misspelt, misspelt with probability 0.1 (HELM's MisspellingPerturbation, over a list of our own). */
import { matchCase } from '../match-case.ts';
import type { TextPerturbation } from '../perturbation.ts';
import { pickFrom } from '../seeded-random.ts';

const PROBABILITY = 0.1;

export const misspellings: TextPerturbation = {
  kind: 'text',
  name: 'misspellings',
  description: `words that are often misspelt, misspelt with probability ${PROBABILITY}`,
  revision: 1,
  language: 'en',
  load: async () => {
    const { MISSPELLINGS } = await import('../word-lists/misspellings.ts');
    return (text, random) =>
      text.replace(/[A-Za-z]+/g, (word) => {
        const wrong = MISSPELLINGS.get(word.toLowerCase());
        if (wrong === undefined || random.next() >= PROBABILITY) return word;
        return matchCase(pickFrom(wrong, random), word);
      });
  },
};
