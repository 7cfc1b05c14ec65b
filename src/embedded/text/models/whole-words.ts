/** WordPiece (the longest token that fits, again and again) and WordLevel (the word is a token or is not). */
import { numberIn, type Part, textIn } from '../spec.ts';
import type { Model } from './model.ts';
import { vocabularyIn } from './vocabulary.ts';

export function wordPieceModel(part: Part): Model {
  const vocabulary = vocabularyIn(part);
  const prefix = textIn(part, 'continuing_subword_prefix', '##');
  const most = numberIn(part, 'max_input_chars_per_word', 100);
  const unknown = unknownOf(part, vocabulary);
  const encode = (word: string): readonly number[] => {
    const ends = [0];
    for (const character of word) ends.push(ends.at(-1)! + character.length);
    if (ends.length - 1 > most) return [unknown()];
    const ids: number[] = [];
    for (let start = 0; start < ends.length - 1; ) {
      let end = ends.length - 1;
      let id: number | undefined;
      for (; end > start; end--) {
        id = vocabulary.get((start > 0 ? prefix : '') + word.slice(ends[start], ends[end]));
        if (id !== undefined) break;
      }
      // One part without a token, and the whole word is unknown.
      if (id === undefined) return [unknown()];
      ids.push(id);
      start = end;
    }
    return ids;
  };
  return { vocabulary, encode };
}

export function wordLevelModel(part: Part): Model {
  const vocabulary = vocabularyIn(part);
  const unknown = unknownOf(part, vocabulary);
  return { vocabulary, encode: (word) => [vocabulary.get(word) ?? unknown()] };
}

function unknownOf(part: Part, vocabulary: ReadonlyMap<string, number>): () => number {
  const token = textIn(part, 'unk_token', '[UNK]');
  return () => {
    const id = vocabulary.get(token);
    if (id === undefined) throw new RangeError(`the unknown token ${token} is not in the vocabulary`);
    return id;
  };
}
