/** Contracts what is written out and writes out what is contracted. */
import { contractWords, expandWords } from '../contract-words.ts';
import type { TextPerturbation } from '../perturbation.ts';

export const contractions: TextPerturbation = {
  kind: 'text',
  name: 'contractions',
  description: 'contracts what is written out and writes out what is contracted',
  revision: 1,
  language: 'en',
  load: async () => (text) => {
    const CONTRACTED = /([A-Za-z]+['’][A-Za-z]+)/;
    // What was contracted before is written out; the stretches between hold nothing contracted.
    return text
      .split(CONTRACTED)
      .map((part, at) => (at % 2 === 1 ? expandWords(part) : contractWords(part)))
      .join('');
  },
};
