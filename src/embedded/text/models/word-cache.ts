/** Words of one task repeat all the time, so nearly every text is a few map look-ups. */

/** Words remembered before all are forgotten; bounds the memory at some tens of MB. */
const MOST_WORDS = 200_000;
/** Longer words are not worth remembering. */
const LONGEST_WORD = 64;

export class WordCache {
  readonly #encodeWord: (word: string) => readonly number[];
  readonly #known = new Map<string, readonly number[]>();

  constructor(encodeWord: (word: string) => readonly number[]) {
    this.#encodeWord = encodeWord;
  }

  encode(word: string): readonly number[] {
    const seen = this.#known.get(word);
    if (seen !== undefined) return seen;
    const ids = this.#encodeWord(word);
    if (word.length > LONGEST_WORD) return ids;
    if (this.#known.size >= MOST_WORDS) this.#known.clear();
    this.#known.set(word, ids);
    return ids;
  }
}
