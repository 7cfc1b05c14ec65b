/**
 * chrF (Popović 2015) and chrF++ (Popović 2017), as sacrebleu computes them by default: character n-grams up to 6 without
 * whitespace (chrF++: word n-grams up to 2 too), F with beta 2 over the mean precision and recall of the orders that occur.
 */
import { lengthOf, split } from '../../python/python-text.ts';
import type { CorpusScore } from './corpus-statistics.ts';
import { countCommon, countNgrams, sumCounts } from './ngrams.ts';

const CHARACTER_ORDERS = 6;
const BETA_SQUARED = 4;

export interface Chrf extends CorpusScore {
  /** The counts for one answer; of several references those of the one it comes closest to. */
  readonly count: (answer: string, references: readonly string[]) => number[];
}

export const CHRF = chrfOf(0);
export const CHRF_PLUS_PLUS = chrfOf(2);

function chrfOf(wordOrders: number): Chrf {
  const orders = CHARACTER_ORDERS + wordOrders;
  const ngrams = (text: string) => ngramsOf(text, wordOrders);
  return {
    counts: Array.from({ length: orders }, (_, i) => [`hyp${i + 1}`, `ref${i + 1}`, `match${i + 1}`]).flat(),
    scoreOf: (sums) => fScore(sums, orders),
    count: (answer, references) => {
      const own = ngrams(answer);
      let best: number[] = [];
      let bestScore = -1;
      for (const reference of references) {
        const counts = ngrams(reference).flatMap((theirs, i) => [
          // Without such n-grams in the reference the answer's can't count against it.
          theirs.size > 0 ? sumCounts(own[i]!) : 0,
          sumCounts(theirs),
          countCommon(own[i]!, theirs),
        ]);
        const score = fScore(counts, orders);
        if (score <= bestScore) continue;
        best = counts;
        bestScore = score;
      }
      return best;
    },
  };
}

function ngramsOf(text: string, wordOrders: number): Map<string, number>[] {
  const characters = [...split(text).join('')];
  const counts = Array.from({ length: CHARACTER_ORDERS }, (_, i) => countNgrams(characters, i + 1, ''));
  if (wordOrders === 0) return counts;
  const words = split(text).flatMap(partPunctuation);
  return [...counts, ...Array.from({ length: wordOrders }, (_, i) => countNgrams(words, i + 1, ' '))];
}

const ENDS_WITH_MARK = /^(.+)([!-/:-@[-`{-~])$/su;
const STARTS_WITH_MARK = /^([!-/:-@[-`{-~])(.+)$/su;

/** One punctuation mark is parted from a word: the last, else the first. */
function partPunctuation(word: string): string[] {
  if (lengthOf(word) === 1) return [word];
  const parts = ENDS_WITH_MARK.exec(word) ?? STARTS_WITH_MARK.exec(word);
  return parts === null ? [word] : [parts[1]!, parts[2]!];
}

function fScore(sums: ArrayLike<number>, orders: number): number {
  let precision = 0;
  let recall = 0;
  let occurring = 0;
  for (let i = 0; i < orders; i++) {
    const own = sums[3 * i]!;
    const theirs = sums[3 * i + 1]!;
    if (own === 0 || theirs === 0) continue;
    precision += sums[3 * i + 2]! / own;
    recall += sums[3 * i + 2]! / theirs;
    occurring++;
  }
  if (precision + recall === 0) return 0;
  precision /= occurring;
  recall /= occurring;
  return (100 * (1 + BETA_SQUARED) * precision * recall) / (BETA_SQUARED * precision + recall);
}
