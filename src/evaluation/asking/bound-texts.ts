/** Answers as they are kept: a model that never ends must fill neither memory nor disk. Pure. */

/** Characters kept of all answers to one doc. */
const MOST_KEPT = 65_536;
/** So much is kept of each, however many there are. */
const LEAST_EACH = 512;

export interface BoundTexts {
  readonly texts: readonly string[];
  /** Characters left out. */
  readonly dropped: number;
}

/** The beginnings, where all together are too long; never half a character. */
export function boundTexts(texts: readonly string[]): BoundTexts {
  const total = texts.reduce((sum, text) => sum + text.length, 0);
  if (total <= MOST_KEPT) return { texts, dropped: 0 };
  const each = Math.max(LEAST_EACH, Math.floor(MOST_KEPT / texts.length));
  const kept = texts.map((text) => beginningOf(text, each));
  return { texts: kept, dropped: total - kept.reduce((sum, text) => sum + text.length, 0) };
}

/** The first `length` characters, never half a one. */
export function beginningOf(text: string, length: number): string {
  if (text.length <= length) return text;
  const isHalf = /[\ud800-\udbff]/.test(text[length - 1]!);
  // Copied: a slice would hold on to the whole text.
  return Buffer.from(text.slice(0, isHalf ? length - 1 : length), 'utf16le').toString('utf16le');
}
