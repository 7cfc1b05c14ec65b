/** Text from outside (docs, task names, model answers) made harmless for terminals, subjects and chats. */

const ESC = String.fromCharCode(27);
/** Terminal sequences: `ESC [ ... letter`, `ESC ] ... BEL`, and two-character ones. */
const ESCAPES = new RegExp(
  `${ESC}\\[[0-9;?]*[ -/]*[@-~]|${ESC}\\][^${ESC}\\x07]*(?:\\x07|${ESC}\\\\)|${ESC}[@-_]`,
  'g',
);
/** Control and format characters (they reorder or hide text), except line ends and the joiners that emoji and some scripts need. */
const CONTROLS = /(?![\n\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
const LONE_SURROGATES = /\p{Cs}/gu;

/** Several lines of plain text. */
export function cleanText(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/\t/g, ' ')
    .replace(ESCAPES, '')
    .replace(CONTROLS, '')
    .replace(LONE_SURROGATES, '\ufffd');
}

/** One line of at most `limit` characters; what is cut off is marked. Never cuts inside a character. */
export function cleanLine(text: string, limit = 200): string {
  const line = cleanText(text).replace(/\s+/g, ' ').trim();
  if (line.length <= limit) return line;
  let kept = '';
  let shorter = '';
  let count = 0;
  for (const { segment } of new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(line)) {
    if (count === limit) return `${shorter}…`;
    shorter = kept;
    kept += segment;
    count++;
  }
  return line;
}
