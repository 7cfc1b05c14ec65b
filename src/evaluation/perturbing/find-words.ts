/** Words of a list in a text that has no spaces between them. */

export interface FoundWord {
  readonly start: number;
  readonly end: number;
}

/**
 * Longest match, read from the left and from the right: only words that both readings find count,
 * since where they differ it is not certain where one word ends and the next begins.
 */
export function createWordFinder(words: ReadonlySet<string>): (text: string) => FoundWord[] {
  const longest = Math.max(0, ...[...words].map((word) => word.length));
  const beginnings = lengthsBy(words, (word) => word.slice(0, 2));
  const endings = lengthsBy(words, (word) => word.slice(-2));
  return (text) => {
    const fromLeft: FoundWord[] = [];
    for (let at = 0; at < text.length; ) {
      const length = beginnings
        .get(text.slice(at, at + 2))
        ?.find((one) => at + one <= text.length && words.has(text.slice(at, at + one)));
      if (length !== undefined) fromLeft.push({ start: at, end: at + length });
      at += length ?? 1;
    }
    if (fromLeft.length === 0 || longest === 0) return [];
    const fromRight = new Set<number>();
    for (let at = text.length; at > 0; ) {
      const length = endings
        .get(text.slice(Math.max(0, at - 2), at))
        ?.find((one) => one <= at && words.has(text.slice(at - one, at)));
      if (length !== undefined) fromRight.add((at - length) * (longest + 1) + length);
      at -= length ?? 1;
    }
    return fromLeft.filter(({ start, end }) => fromRight.has(start * (longest + 1) + end - start));
  };
}

/** Lengths of the words that share a part, the longest first. */
function lengthsBy(
  words: ReadonlySet<string>,
  partOf: (word: string) => string,
): ReadonlyMap<string, readonly number[]> {
  const lengths = new Map<string, Set<number>>();
  for (const word of words) {
    const part = partOf(word);
    lengths.set(part, (lengths.get(part) ?? new Set()).add(word.length));
  }
  return new Map([...lengths].map(([part, known]) => [part, [...known].sort((a, b) => b - a)]));
}
