/**
 * ROUGE (Lin 2004) as Google's rouge_score computes it without a stemmer: F1 of common n-grams, of the longest common
 * subsequence, and of its union over the sentences (lines) of a summary. Tokens are runs of a-z and 0-9 in lower case, so a
 * text in another script has none and scores 0.
 */
import { countCommon, countNgrams, sumCounts } from './ngrams.ts';

export type RougeType = 'rouge1' | 'rouge2' | 'rougeL' | 'rougeLsum';

export const ROUGE_TYPES: readonly RougeType[] = ['rouge1', 'rouge2', 'rougeL', 'rougeLsum'];

/** F1, 0 to 1; of several references that of the best. */
export function rougeOf(type: RougeType, answer: string, references: readonly string[]): number {
  return Math.max(...references.map((reference) => SCORES[type](answer, reference)));
}

const SCORES: Readonly<Record<RougeType, (answer: string, reference: string) => number>> = {
  rouge1: (answer, reference) => ngramScore(answer, reference, 1),
  rouge2: (answer, reference) => ngramScore(answer, reference, 2),
  rougeL: subsequenceScore,
  rougeLsum: summaryScore,
};

function tokensOf(text: string): string[] {
  return text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
}

function ngramScore(answer: string, reference: string, order: number): number {
  const own = countNgrams(tokensOf(answer), order);
  const theirs = countNgrams(tokensOf(reference), order);
  const common = countCommon(own, theirs);
  return f1(common / Math.max(sumCounts(own), 1), common / Math.max(sumCounts(theirs), 1));
}

function subsequenceScore(answer: string, reference: string): number {
  const own = tokensOf(answer);
  const theirs = tokensOf(reference);
  if (own.length === 0 || theirs.length === 0) return 0;
  const length = lengthsOf(theirs, own).at(-1)!;
  return f1(length / own.length, length / theirs.length);
}

/** Each sentence of the reference with all of the answer's: a word that is matched twice counts once (Lin 2004, 3.2). */
function summaryScore(answer: string, reference: string): number {
  const own = sentencesOf(answer);
  const theirs = sentencesOf(reference);
  const ownLeft = countNgrams(own.flat(), 1);
  const theirsLeft = countNgrams(theirs.flat(), 1);
  const ownLength = sumCounts(ownLeft);
  const theirLength = sumCounts(theirsLeft);
  if (ownLength === 0 || theirLength === 0) return 0;
  let hits = 0;
  for (const sentence of theirs) {
    const places = new Set(own.flatMap((other) => commonPlaces(sentence, other)));
    for (const place of [...places].sort((a, b) => a - b)) {
      const word = sentence[place]!;
      const left = ownLeft.get(word) ?? 0;
      if (left === 0 || theirsLeft.get(word)! === 0) continue;
      hits++;
      ownLeft.set(word, left - 1);
      theirsLeft.set(word, theirsLeft.get(word)! - 1);
    }
  }
  return f1(hits / ownLength, hits / theirLength);
}

function sentencesOf(text: string): string[][] {
  return text.split('\n').filter(Boolean).map(tokensOf);
}

/** Table of the longest common subsequence of the first i and the first j tokens, row by row. */
function lengthsOf(rows: readonly string[], columns: readonly string[]): Uint32Array {
  const width = columns.length + 1;
  const lengths = new Uint32Array((rows.length + 1) * width);
  for (let i = 1; i <= rows.length; i++) {
    for (let j = 1; j < width; j++) {
      const at = i * width + j;
      lengths[at] =
        rows[i - 1] === columns[j - 1]
          ? lengths[at - width - 1]! + 1
          : Math.max(lengths[at - width]!, lengths[at - 1]!);
    }
  }
  return lengths;
}

/** Places in `sentence` of one longest common subsequence: of equal ones that which the walk back takes, upwards first. */
function commonPlaces(sentence: readonly string[], other: readonly string[]): number[] {
  const width = other.length + 1;
  const lengths = lengthsOf(sentence, other);
  const places: number[] = [];
  for (let i = sentence.length, j = other.length; i > 0 && j > 0; ) {
    if (sentence[i - 1] === other[j - 1]) {
      places.push(i - 1);
      i--;
      j--;
    } else if (lengths[i * width + j - 1]! > lengths[(i - 1) * width + j]!) j--;
    else i--;
  }
  return places;
}

function f1(precision: number, recall: number): number {
  return precision + recall > 0 ? (2 * precision * recall) / (precision + recall) : 0;
}
