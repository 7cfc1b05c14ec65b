/** Quoted text of YAML, on one line or over several, as PyYAML folds it: a line end is a space, blank lines are line ends. */

export interface QuotedText {
  readonly text: string;
  /** Lines below the first that it took. */
  readonly linesBelow: number;
  /** What stands behind the closing quote. */
  readonly rest: string;
}

const CLOSED = { '"': /^((?:[^"\\]|\\.)*)"/, "'": /^((?:[^']|'')*)'(?!')/ } as const;
const DOCUMENT_MARK = /^(?:---|\.\.\.)/;

const ESCAPED: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  t: '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\x1b',
  ' ': ' ',
  '"': '"',
  '/': '/',
  '\\': '\\',
  N: '\x85',
  _: '\xa0',
  L: '\u2028',
  P: '\u2029',
};
const ESCAPE = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U(00(?:0[0-9a-fA-F]|10)[0-9a-fA-F]{4})|(.))/gs;

/**
 * @param first text from the opening quote to the end of its line
 * @param lines in which it goes on, from `below`
 * @returns undefined when the quote is never closed, or holds an escape that is none
 */
export function readQuoted(first: string, lines: readonly string[], below: number): QuotedText | undefined {
  const quote = first[0] as '"' | "'";
  const taken: string[] = [];
  for (let at = 0; at <= lines.length - below; at++) {
    const line = at === 0 ? first.slice(1) : lines[below + at - 1]!;
    if (at > 0 && DOCUMENT_MARK.test(line)) return undefined;
    const closed = CLOSED[quote].exec(line);
    taken.push(closed === null ? line : closed[1]!);
    if (closed === null) continue;
    const folded = fold(taken, quote === '"');
    const text = quote === '"' ? unescaped(folded) : folded.replaceAll("''", "'");
    return text === undefined ? undefined : { text, linesBelow: at, rest: line.slice(closed[0].length) };
  }
  return undefined;
}

/** A backslash at the end of a line of double-quoted text joins it to the next without a space. */
function fold(lines: readonly string[], isDouble: boolean): string {
  let text = '';
  let joint = '';
  for (const [at, line] of lines.entries()) {
    const isLast = at === lines.length - 1;
    const begun = at === 0 ? line : line.replace(/^ +/, '');
    if (at > 0 && !isLast && begun === '') {
      joint = joint === ' ' ? '\n' : `${joint}\n`;
      continue;
    }
    text += joint + (isLast ? begun : begun.replace(/(?<!\\) +$/, ''));
    joint = ' ';
    if (isDouble && !isLast && text.endsWith('\\') && /\\*$/.exec(begun)![0].length % 2 === 1) {
      text = text.slice(0, -1);
      joint = '';
    }
  }
  return text;
}

function unescaped(text: string): string | undefined {
  let isKnown = true;
  const plain = text.replace(ESCAPE, (_whole, x?: string, u?: string, long?: string, one?: string) => {
    const code = x ?? u ?? long;
    if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16));
    const character = ESCAPED[one!];
    isKnown &&= character !== undefined;
    return character ?? '';
  });
  return isKnown ? plain : undefined;
}
