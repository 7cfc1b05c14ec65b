/** Byte-pair encoding as the Rust library runs it: characters to symbols, then the merge of lowest rank first, leftmost first. */
import { PairTable } from '../pair-table.ts';
import { flagIn, listIn, type Part } from '../spec.ts';
import { mergeSymbols } from './merge-symbols.ts';
import type { Model } from './model.ts';
import { byteTokens, vocabularyIn } from './vocabulary.ts';
import { WordCache } from './word-cache.ts';

/** Longer words are cut where no merge can reach across. */
const LONG_WORD = 32;

/** @throws TypeError when a merge names a token the vocabulary lacks */
export function bpeModel(part: Part): Model {
  const vocabulary = vocabularyIn(part);
  const prefix = optionalText(part.continuing_subword_prefix);
  const suffix = optionalText(part.end_of_word_suffix);
  const unknown = typeof part.unk_token === 'string' ? part.unk_token : null;
  const fuseUnknown = flagIn(part, 'fuse_unk', false);
  const bytes = flagIn(part, 'byte_fallback', false) ? byteTokens(vocabulary) : null;
  const ignoreMerges = flagIn(part, 'ignore_merges', false);
  const { merges, joints } = readMerges(listIn(part, 'merges'), vocabulary, prefix.length);
  const characters = singleCharacters(vocabulary);
  const pieces = new WordCache(encodePiece);

  function encodePiece(word: string): readonly number[] {
    return mergeSymbols(prefix === '' && suffix === '' ? symbolsOf(word) : markedSymbolsOf(word), merges);
  }

  function symbolsOf(word: string): number[] {
    const symbols: number[] = [];
    let pending = -1;
    for (let at = 0; at < word.length; at++) {
      const point = word.codePointAt(at)!;
      const id = characters.get(point);
      if (id !== undefined) {
        if (pending >= 0) symbols.push(pending);
        pending = -1;
        symbols.push(id);
      } else {
        pending = pushUnknown(symbols, String.fromCodePoint(point), pending);
      }
      if (point > 0xffff) at++;
    }
    if (pending >= 0) symbols.push(pending);
    return symbols;
  }

  /** With a prefix for all characters but the first, or a suffix for the last. */
  function markedSymbolsOf(word: string): number[] {
    const symbols: number[] = [];
    let pending = -1;
    const all = [...word];
    for (const [index, character] of all.entries()) {
      const marked = (index > 0 ? prefix : '') + character + (index === all.length - 1 ? suffix : '');
      const id = vocabulary.get(marked);
      if (id === undefined) {
        pending = pushUnknown(symbols, marked, pending);
        continue;
      }
      if (pending >= 0) symbols.push(pending);
      pending = -1;
      symbols.push(id);
    }
    if (pending >= 0) symbols.push(pending);
    return symbols;
  }

  /** Its bytes when all are tokens (an unknown before them stays pending, as in Rust), else the unknown token, fused or not. */
  function pushUnknown(symbols: number[], character: string, pending: number): number {
    const fallback = bytes?.(character) ?? null;
    if (fallback !== null) {
      symbols.push(...fallback);
      return pending;
    }
    if (unknown === null || (pending >= 0 && fuseUnknown)) return pending;
    const id = vocabulary.get(unknown);
    if (id === undefined) throw new RangeError(`the unknown token ${unknown} is not in the vocabulary`);
    if (pending >= 0) symbols.push(pending);
    return id;
  }

  /** Between two known characters that no merge joins, a word falls into two that have nothing to do with each other. */
  function encodeLong(word: string): number[] {
    const ids: number[] = [];
    let start = 0;
    let before = -1;
    for (let at = 0; at < word.length; at++) {
      const point = word.codePointAt(at)!;
      const here = characters.has(point) ? point : -1;
      if (before >= 0 && here >= 0 && joints.get(before, here) < 0) {
        for (const id of pieces.encode(word.slice(start, at))) ids.push(id);
        start = at;
      }
      before = here;
      if (point > 0xffff) at++;
    }
    for (const id of pieces.encode(word.slice(start))) ids.push(id);
    return ids;
  }

  return {
    vocabulary,
    encode: (word) => {
      const whole = ignoreMerges ? vocabulary.get(word) : undefined;
      if (whole !== undefined) return [whole];
      const canCut = word.length > LONG_WORD && prefix === '' && suffix === '';
      return canCut ? encodeLong(word) : encodePiece(word);
    },
  };
}

function optionalText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function singleCharacters(vocabulary: ReadonlyMap<string, number>): ReadonlyMap<number, number> {
  const characters = new Map<number, number>();
  for (const [token, id] of vocabulary) {
    const point = token.codePointAt(0);
    if (point !== undefined && token.length === (point > 0xffff ? 2 : 1)) characters.set(point, id);
  }
  return characters;
}

/** Rank and result of each pair of tokens, and each pair of characters that stands at the seam of a merge. */
function readMerges(list: readonly unknown[], vocabulary: ReadonlyMap<string, number>, prefixLength: number) {
  const ranks = new PairTable(list.length);
  const results = new Int32Array(list.length);
  const joints = new PairTable(list.length >> 2);
  for (const [rank, merge] of list.entries()) {
    const [left, right] = typeof merge === 'string' ? splitMerge(merge) : (merge as [string, string]);
    const [first, second] = [vocabulary.get(left), vocabulary.get(right)];
    const result = vocabulary.get(left + right.slice(prefixLength));
    if (first === undefined || second === undefined || result === undefined) {
      throw new TypeError(`merge ${rank} (${JSON.stringify(merge)}) is not made of tokens of the vocabulary`);
    }
    ranks.set(first, second, rank);
    results[rank] = result;
    joints.set(lastPoint(left), right.codePointAt(0)!, 1);
  }
  return { merges: { ranks, results }, joints };
}

function splitMerge(merge: string): [string, string] {
  const parts = merge.split(' ');
  if (parts.length !== 2) throw new TypeError(`a merge is not two tokens: ${JSON.stringify(merge)}`);
  return parts as [string, string];
}

function lastPoint(text: string): number {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xdc00 && last <= 0xdfff ? text.codePointAt(text.length - 2)! : last;
}
