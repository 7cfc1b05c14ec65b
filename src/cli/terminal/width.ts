/** How many terminal columns a text takes: Chinese, Japanese, Korean and emoji take two, combining marks none. */

/** East Asian Wide and Fullwidth blocks (Unicode 16, UAX #11), without emoji, which `Emoji_Presentation` covers. */
const WIDE: readonly (readonly [first: number, last: number])[] = [
  [0x1100, 0x115f],
  [0x2329, 0x232a],
  [0x2630, 0x2637],
  [0x268a, 0x268f],
  [0x2e80, 0x303e],
  [0x3041, 0x3247],
  [0x3250, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18d08],
  [0x1aff0, 0x1b2fb],
  [0x1d300, 0x1d376],
  [0x1f200, 0x1f265],
  [0x20000, 0x3fffd],
];

const ZERO = /^[\p{Mark}\p{Default_Ignorable_Code_Point}\p{Control}]$/u;
const EMOJI = /^\p{Emoji_Presentation}$/u;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the sequences a terminal swallows
const ESCAPES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Columns of a text on the screen; colour codes count nothing. */
export function displayWidth(text: string): number {
  const bare = text.replace(ESCAPES, '');
  if (/^[\x20-\x7e]*$/.test(bare)) return bare.length;
  let columns = 0;
  for (const { segment } of segmenter.segment(bare)) columns += graphemeWidth(segment);
  return columns;
}

/** The text cut to at most `columns`, with `…` where something was left out. Not for text with colour codes. */
export function truncate(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  if (columns < 1) return '';
  let kept = '';
  let used = 0;
  for (const { segment } of segmenter.segment(text)) {
    const width = graphemeWidth(segment);
    if (used + width > columns - 1) break;
    kept += segment;
    used += width;
  }
  return `${kept}…`;
}

/** The text filled with blanks to `columns`. */
export function pad(text: string, columns: number, align: 'left' | 'right' = 'left'): string {
  const blanks = ' '.repeat(Math.max(0, columns - displayWidth(text)));
  return align === 'left' ? text + blanks : blanks + text;
}

/** Text from outside (run names, model answers) on one line and without anything a terminal would obey. */
export function printable(text: string): string {
  return text
    .replace(ESCAPES, '')
    .replace(/[\r\n\t]+/g, ' ')
    .replace(CONTROLS, '');
}

function graphemeWidth(grapheme: string): number {
  const first = grapheme.codePointAt(0);
  if (first === undefined) return 0;
  const character = String.fromCodePoint(first);
  if (ZERO.test(character)) return 0;
  if (EMOJI.test(character) || grapheme.includes('\ufe0f')) return 2;
  return WIDE.some(([from, to]) => first >= from && first <= to) ? 2 : 1;
}
