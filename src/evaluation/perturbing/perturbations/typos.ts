/** Slips of the hand: a word in ten is misspelt the usual way, or has one letter typed on the key beside it. */
import { matchCase } from '../match-case.ts';
import type { TextPerturbation } from '../perturbation.ts';
import { pickFrom, type SeededRandom } from '../seeded-random.ts';

const PROBABILITY = 0.1;
/** In shorter words one wrong letter makes another word. */
const SHORTEST = 4;

export const typos: TextPerturbation = {
  kind: 'text',
  name: 'typos',
  description: `words of ${SHORTEST} letters or more misspelt or mistyped by one key with probability ${PROBABILITY}`,
  revision: 1,
  language: 'en',
  load: async () => {
    const { MISSPELLINGS } = await import('../word-lists/misspellings.ts');
    const { NEIGHBOURS } = await import('../word-lists/keyboard.ts');
    return (text, random) =>
      text.replace(/[A-Za-z]+/g, (word) => {
        if (word.length < SHORTEST || random.next() >= PROBABILITY) return word;
        const wrong = MISSPELLINGS.get(word.toLowerCase());
        return wrong === undefined ? mistype(word, NEIGHBOURS, random) : matchCase(pickFrom(wrong, random), word);
      });
  },
};

/** Any letter but the first: few begin a word wrong. */
function mistype(word: string, neighbours: ReadonlyMap<string, string>, random: SeededRandom): string {
  const at = 1 + random.below(word.length - 1);
  const typed = pickFrom(neighbours.get(word[at]!.toLowerCase())!, random);
  return word.slice(0, at) + matchCase(typed, word[at]!) + word.slice(at + 1);
}
