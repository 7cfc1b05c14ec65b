/**
 * BLEU (Papineni et al. 2002), as sacrebleu computes it by default: n-grams up to 4, exponential smoothing (Chen & Cherry 2014,
 * method 3), brevity penalty against the reference closest in length.
 */
import { tokenizeForBleu } from './bleu-tokenizers.ts';
import type { CorpusScore } from './corpus-statistics.ts';
import { countCommon, countNgrams, sumCounts } from './ngrams.ts';

const ORDERS = [1, 2, 3, 4] as const;

/** The smoothed logarithm of 0 in sacrebleu: the score is 0 then. */
const LOG_OF_ZERO = -9999999999;

/** Of a whole corpus: 100 x brevity penalty x geometric mean of the four precisions. */
export const CORPUS_BLEU: CorpusScore = {
  counts: ['hyp', 'ref', ...ORDERS.map((n) => `match${n}`), ...ORDERS.map((n) => `total${n}`)],
  scoreOf: (sums) => scoreFrom(sums, ORDERS.length),
};

/** Of one doc: only orders it is long enough for count. */
export function sentenceBleu(counts: readonly number[]): number {
  return scoreFrom(counts, Math.max(1, ORDERS.filter((n) => counts[5 + n]! > 0).length));
}

/** The counts of CORPUS_BLEU for one answer against its references (one or more). */
export function countForBleu(answer: string, references: readonly string[], tokenizer: string): number[] {
  const tokens = tokenizeForBleu(answer, tokenizer);
  const referenceTokens = references.map((reference) => tokenizeForBleu(reference, tokenizer));
  const matches: number[] = [];
  const totals: number[] = [];
  for (const n of ORDERS) {
    const own = countNgrams(tokens, n);
    const most = new Map<string, number>();
    for (const reference of referenceTokens) {
      for (const [ngram, count] of countNgrams(reference, n)) most.set(ngram, Math.max(count, most.get(ngram) ?? 0));
    }
    matches.push(countCommon(own, most));
    totals.push(sumCounts(own));
  }
  return [tokens.length, closestLength(tokens.length, referenceTokens), ...matches, ...totals];
}

/** Of references as close as each other the shorter one. */
function closestLength(length: number, references: readonly (readonly string[])[]): number {
  const lengths = references.map((reference) => reference.length);
  const nearest = Math.min(...lengths.map((one) => Math.abs(one - length)));
  return Math.min(...lengths.filter((one) => Math.abs(one - length) === nearest));
}

function scoreFrom(sums: ArrayLike<number>, orders: number): number {
  const length = sums[0]!;
  const reference = sums[1]!;
  const matched = (n: number) => sums[1 + n]!;
  const total = (n: number) => sums[5 + n]!;
  if (!ORDERS.some((n) => matched(n) !== 0)) return 0;
  let halvings = 1;
  let logs = 0;
  let isTooShort = false;
  for (const n of ORDERS.slice(0, orders)) {
    isTooShort ||= total(n) === 0;
    if (isTooShort) {
      logs += LOG_OF_ZERO;
    } else if (matched(n) === 0) {
      halvings *= 2;
      logs += Math.log(100 / (halvings * total(n)));
    } else {
      logs += Math.log((100 * matched(n)) / total(n));
    }
  }
  const penalty = length >= reference ? 1 : length === 0 ? 0 : Math.exp(1 - reference / length);
  return penalty * Math.exp(logs / orders);
}
