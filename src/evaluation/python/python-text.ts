/** Python's string rules where they differ from JavaScript's: whitespace, strip, split, length in code points. */

/** What `str.isspace`, `str.strip` and `\s` of Python take for whitespace, as the inside of a character class. */
export const PYTHON_SPACE = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';

const LEADING = new RegExp(`^[${PYTHON_SPACE}]+`, 'u');
const TRAILING = new RegExp(`[${PYTHON_SPACE}]+$`, 'u');
const RUNS = new RegExp(`[${PYTHON_SPACE}]+`, 'u');
const ONE = new RegExp(`^[${PYTHON_SPACE}]$`, 'u');

export function startsWithSpace(text: string): boolean {
  return text !== '' && ONE.test(text[0]!);
}

export function endsWithSpace(text: string): boolean {
  return text !== '' && ONE.test(text.at(-1)!);
}

/** `len(text)`: code points, not UTF-16 units. */
export function lengthOf(text: string): number {
  let length = 0;
  for (const _ of text) length++;
  return length;
}

export function byteLengthOf(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}

/** Number of pieces of `re.split(r"\s+", text)`: empty pieces at the ends count, as in the harness. */
export function countWords(text: string): number {
  return text.split(RUNS).length;
}

/** `text.strip(characters)`. */
export function strip(text: string, characters?: string | null): string {
  return stripStart(stripEnd(text, characters), characters);
}

export function stripStart(text: string, characters?: string | null): string {
  if (characters == null) return text.replace(LEADING, '');
  const set = new Set(characters);
  const points = [...text];
  let start = 0;
  while (start < points.length && set.has(points[start]!)) start++;
  return points.slice(start).join('');
}

export function stripEnd(text: string, characters?: string | null): string {
  if (characters == null) return text.replace(TRAILING, '');
  const set = new Set(characters);
  const points = [...text];
  let end = points.length;
  while (end > 0 && set.has(points[end - 1]!)) end--;
  return points.slice(0, end).join('');
}

/** `text.split(separator, limit)`; without a separator runs of whitespace separate and empty pieces vanish. */
export function split(text: string, separator?: string | null, limit = -1): string[] {
  if (separator == null) {
    const bare = stripStart(text);
    if (bare === '') return [];
    if (limit < 0) return stripEnd(bare).split(RUNS);
    const pieces: string[] = [];
    let rest = bare;
    while (pieces.length < limit) {
      const gap = RUNS.exec(rest);
      if (gap === null) break;
      pieces.push(rest.slice(0, gap.index));
      rest = rest.slice(gap.index + gap[0].length);
      if (rest === '') return pieces;
    }
    return [...pieces, rest];
  }
  const pieces = text.split(separator);
  if (limit < 0 || pieces.length <= limit + 1) return pieces;
  return [...pieces.slice(0, limit), pieces.slice(limit).join(separator)];
}
