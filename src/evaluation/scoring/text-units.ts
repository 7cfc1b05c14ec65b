/** Texts as the units in which repetition shows, and as letters of scripts. Pure. */

/** Words of scripts that put spaces between them; each character of those that do not; each mark of punctuation. */
const UNIT =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]|[\p{L}\p{M}\p{N}]+|[^\s]/gu;

/** A word longer than this is no word: its characters are looked at one by one. */
const LONGEST_WORD = 30;

export function unitsOf(text: string): string[] {
  const units = text.toLowerCase().match(UNIT) ?? [];
  return units.some(({ length }) => length > LONGEST_WORD)
    ? units.flatMap((unit) => (unit.length > LONGEST_WORD ? [...unit] : [unit]))
    : units;
}

/** Distinct runs of `size` neighbouring units over all of them; null when the text is shorter than one. */
export function distinctShare(units: readonly string[], size: number): number | null {
  const all = units.length - size + 1;
  if (all < 1) return null;
  const seen = new Set<string>();
  for (let start = 0; start < all; start++) seen.add(units.slice(start, start + size).join('\u0000'));
  return seen.size / all;
}

const SCRIPTS = [
  ['Latin', /\p{Script=Latin}/u],
  ['Han', /\p{Script=Han}/u],
  ['Kana', /[\p{Script=Hiragana}\p{Script=Katakana}]/u],
  ['Hangul', /\p{Script=Hangul}/u],
  ['Cyrillic', /\p{Script=Cyrillic}/u],
  ['Arabic', /\p{Script=Arabic}/u],
  ['Greek', /\p{Script=Greek}/u],
  ['Hebrew', /\p{Script=Hebrew}/u],
  ['Devanagari', /\p{Script=Devanagari}/u],
  ['Thai', /\p{Script=Thai}/u],
] as const;

const LETTER = /\p{L}/gu;

/** Letters by script; scripts without a name here count together. */
export function lettersByScript(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const letter of text.match(LETTER) ?? []) {
    const script = SCRIPTS.find(([, pattern]) => pattern.test(letter))?.[0] ?? 'other';
    counts.set(script, (counts.get(script) ?? 0) + 1);
  }
  return counts;
}

/** Scripts that make up at least a tenth of the letters; empty for a text without letters. */
export function scriptsOf(text: string): Set<string> {
  const counts = lettersByScript(text);
  const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return new Set([...counts].filter(([, count]) => count >= all / 10).map(([script]) => script));
}
