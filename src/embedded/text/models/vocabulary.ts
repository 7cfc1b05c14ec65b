/** The vocabulary of a model, and its tokens for single bytes. */
import { type Part, partOf } from '../spec.ts';

/** @throws TypeError when an id is not a whole number */
export function vocabularyIn(part: Part): ReadonlyMap<string, number> {
  const vocabulary = new Map(Object.entries(partOf(part.vocab, 'model.vocab')));
  for (const [token, id] of vocabulary) {
    if (!Number.isSafeInteger(id) || (id as number) < 0)
      throw new TypeError(`token ${JSON.stringify(token)} has no id`);
  }
  return vocabulary as ReadonlyMap<string, number>;
}

/** A text -> the ids of `<0xHH>` for each of its UTF-8 bytes, or null when one is missing. */
export function byteTokens(vocabulary: ReadonlyMap<string, number>): (text: string) => readonly number[] | null {
  const ids = Array.from({ length: 256 }, (_, byte) =>
    vocabulary.get(`<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`),
  );
  return (text) => {
    const found = [...Buffer.from(text, 'utf8')].map((byte) => ids[byte]);
    return found.every((id) => id !== undefined) ? (found as number[]) : null;
  };
}
