/** N-grams and how often they occur. */

/** Counts of the runs of `order` neighbours; parts are joined with a character no token holds. */
export function countNgrams(tokens: readonly string[], order: number, joint = '\u0000'): Map<string, number> {
  const counts = new Map<string, number>();
  for (let start = 0; start + order <= tokens.length; start++) {
    let ngram = tokens[start]!;
    for (let i = 1; i < order; i++) ngram += joint + tokens[start + i]!;
    counts.set(ngram, (counts.get(ngram) ?? 0) + 1);
  }
  return counts;
}

/** How many n-grams of one are met in the other, each as often as in the rarer of both. */
export function countCommon(one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): number {
  let common = 0;
  for (const [ngram, count] of one) common += Math.min(count, other.get(ngram) ?? 0);
  return common;
}

export function sumCounts(counts: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const count of counts.values()) sum += count;
  return sum;
}
