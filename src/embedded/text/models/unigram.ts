/** The unigram language model: the segmentation of highest total score (Viterbi), as the Rust library computes it, ties included. */
import { flagIn, listIn, type Part } from '../spec.ts';
import { StringTrie } from '../string-trie.ts';
import type { Model } from './model.ts';
import { byteTokens } from './vocabulary.ts';

/** An unknown character scores this much below the worst token. */
const UNKNOWN_PENALTY = 10;

/** @throws TypeError when an entry is not a token with its score */
export function unigramModel(part: Part): Model {
  const entries = listIn(part, 'vocab').map(readEntry);
  const vocabulary = new Map(entries.map(([token], id) => [token, id]));
  const scores = Float64Array.from(entries, ([, score]) => score);
  const unknown = typeof part.unk_id === 'number' ? part.unk_id : -1;
  const bytes = flagIn(part, 'byte_fallback', false) ? byteTokens(vocabulary) : null;
  const unknownScore =
    scores.reduce((least, score) => Math.min(least, score), Number.POSITIVE_INFINITY) - UNKNOWN_PENALTY;
  // An empty token can never be part of a path.
  const trie = new StringTrie([...vocabulary].filter(([token]) => token !== ''));

  function encode(word: string): readonly number[] {
    const { from, best } = bestPaths(word);
    const ids: number[] = [];
    for (let end = word.length; end > 0; ) {
      let start = from[end]!;
      // Unknown characters in a row count as one; the path is walked from its end.
      if (best[end] === unknown) while (start > 0 && best[start] === unknown) start = from[start]!;
      pushBackwards(ids, word.slice(start, end));
      end = start;
    }
    return ids.reverse();
  }

  function pushBackwards(ids: number[], text: string): void {
    const id = vocabulary.get(text);
    const fallback = id === undefined ? (bytes?.(text) ?? null) : null;
    if (id !== undefined) ids.push(id);
    else if (fallback !== null) for (let at = fallback.length - 1; at >= 0; at--) ids.push(fallback[at]!);
    else ids.push(requireUnknown());
  }

  function requireUnknown(): number {
    if (unknown < 0)
      throw new RangeError('a character is not in the vocabulary, and the tokenizer has no unknown token');
    return unknown;
  }

  /** Per position the token that ends there on the best path, and where that token starts. */
  function bestPaths(word: string) {
    const total = new Float64Array(word.length + 1);
    const from = new Int32Array(word.length + 1).fill(-1);
    const best = new Int32Array(word.length + 1).fill(-1);
    const offer = (start: number, end: number, id: number, score: number) => {
      const candidate = score + total[start]!;
      if (from[end]! >= 0 && candidate <= total[end]!) return;
      total[end] = candidate;
      from[end] = start;
      best[end] = id;
    };
    for (let start = 0; start < word.length; ) {
      const width = word.codePointAt(start)! > 0xffff ? 2 : 1;
      let hasSingle = false;
      let node = 0;
      for (let end = start; end < word.length; ) {
        node = trie.step(node, word.charCodeAt(end));
        if (node < 0) break;
        end++;
        const id = trie.valueAt(node);
        if (id < 0) continue;
        offer(start, end, id, scores[id]!);
        if (end - start === width) hasSingle = true;
      }
      if (!hasSingle) offer(start, start + width, requireUnknown(), unknownScore);
      start += width;
    }
    return { from, best };
  }

  return { vocabulary, encode };
}

function readEntry(entry: unknown): readonly [string, number] {
  const [token, score] = Array.isArray(entry) ? entry : [];
  if (typeof token !== 'string' || typeof score !== 'number') throw new TypeError('a token of the model has no score');
  return [token, score];
}
