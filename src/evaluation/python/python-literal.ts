/** Reads a Python literal (lists, tuples, dicts, strings, numbers, True, False, None) as `ast.literal_eval` does; runs nothing. */
import { asFloat, PythonTuple } from './python-value.ts';

/** @throws SyntaxError when the text is not one literal */
export function parsePythonLiteral(text: string): unknown {
  const reader = { text, at: 0 };
  skipSpace(reader);
  const value = readValue(reader);
  skipSpace(reader);
  if (reader.at < text.length) {
    // A bare comma makes a tuple: `'a', 'b'`.
    if (text[reader.at] !== ',') throw unexpected(reader);
    reader.at++;
    const rest = readItems(reader, undefined);
    return new PythonTuple([value, ...rest.items]);
  }
  return value;
}

interface Reader {
  readonly text: string;
  at: number;
}

const NUMBER =
  /[+-]?(?:0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?)/y;
const PREFIXED_STRING = /(?:[uUrRbB]{0,2})(?='|")/y;

function readValue(reader: Reader): unknown {
  const { text } = reader;
  const start = text[reader.at];
  if (start === '[') return readBracketed(reader, ']').items;
  if (start === '(') {
    const { items, commas } = readBracketed(reader, ')');
    return items.length === 1 && commas === 0 ? items[0] : new PythonTuple(items);
  }
  if (start === '{') return readBraced(reader);
  PREFIXED_STRING.lastIndex = reader.at;
  if (PREFIXED_STRING.test(text)) return readStrings(reader);
  for (const [word, value] of [
    ['True', true],
    ['False', false],
    ['None', null],
  ] as const) {
    if (text.startsWith(word, reader.at) && !/\w/.test(text[reader.at + word.length] ?? '')) {
      reader.at += word.length;
      return value;
    }
  }
  NUMBER.lastIndex = reader.at;
  const match = NUMBER.exec(text);
  if (match === null) throw unexpected(reader);
  reader.at += match[0].length;
  return numberFrom(match[0].replaceAll('_', ''));
}

function numberFrom(digits: string): unknown {
  const sign = digits.startsWith('-') ? -1 : 1;
  const bare = digits.replace(/^[+-]/, '');
  if (/^0[xXoObB]/.test(bare)) return sign * Number(bare);
  if (/[.eE]/.test(bare)) return asFloat(sign * Number(bare));
  if (/^0+[1-9]/.test(bare)) throw new SyntaxError(`Leading zeros are not allowed in ${digits}.`);
  return sign * Number(bare);
}

function readBracketed(reader: Reader, close: string): { items: unknown[]; commas: number } {
  reader.at++;
  return readItems(reader, close);
}

function readItems(reader: Reader, close: string | undefined): { items: unknown[]; commas: number } {
  const items: unknown[] = [];
  let commas = 0;
  for (;;) {
    skipSpace(reader);
    if (reader.text[reader.at] === close) {
      reader.at++;
      return { items, commas };
    }
    items.push(readValue(reader));
    skipSpace(reader);
    if (reader.text[reader.at] === ',') {
      reader.at++;
      commas++;
    } else if (reader.text[reader.at] !== close) throw unexpected(reader);
  }
}

function readBraced(reader: Reader): unknown {
  const entries: [string, unknown][] = [];
  const members: unknown[] = [];
  reader.at++;
  for (;;) {
    skipSpace(reader);
    if (reader.text[reader.at] === '}') {
      reader.at++;
      return members.length > 0 ? members : Object.fromEntries(entries);
    }
    const key = readValue(reader);
    skipSpace(reader);
    if (reader.text[reader.at] === ':') {
      reader.at++;
      skipSpace(reader);
      entries.push([String(key), readValue(reader)]);
    } else members.push(key);
    skipSpace(reader);
    if (reader.text[reader.at] === ',') reader.at++;
    else if (reader.text[reader.at] !== '}') throw unexpected(reader);
  }
}

/** One or more adjacent strings, joined. */
function readStrings(reader: Reader): string {
  let joined = '';
  for (;;) {
    PREFIXED_STRING.lastIndex = reader.at;
    const prefix = PREFIXED_STRING.exec(reader.text);
    if (prefix === null) return joined;
    reader.at += prefix[0].length;
    joined += readQuoted(reader, /[rR]/.test(prefix[0]));
    skipSpace(reader);
  }
}

const SIMPLE: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  v: '\v',
  a: '\x07',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '\n': '',
};
const CODE = /x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3})/y;

function readQuoted(reader: Reader, isRaw: boolean): string {
  const { text } = reader;
  const one = text[reader.at]!;
  const quote = text.startsWith(one.repeat(3), reader.at) ? one.repeat(3) : one;
  reader.at += quote.length;
  let body = '';
  while (!text.startsWith(quote, reader.at)) {
    const character = text[reader.at];
    if (character === undefined || (character === '\n' && quote.length === 1)) throw unexpected(reader);
    reader.at++;
    if (character !== '\\') body += character;
    else if (isRaw) body += `\\${text[reader.at++] ?? ''}`;
    else body += readEscape(reader);
  }
  reader.at += quote.length;
  return body;
}

function readEscape(reader: Reader): string {
  CODE.lastIndex = reader.at;
  const code = CODE.exec(reader.text);
  if (code !== null) {
    reader.at += code[0].length;
    const hex = code[1] ?? code[2] ?? code[3];
    return String.fromCodePoint(hex === undefined ? Number.parseInt(code[4]!, 8) : Number.parseInt(hex, 16));
  }
  const next = reader.text[reader.at++] ?? '';
  return SIMPLE[next] ?? `\\${next}`;
}

function skipSpace(reader: Reader): void {
  while (/\s/.test(reader.text[reader.at] ?? '')) reader.at++;
}

function unexpected(reader: Reader): SyntaxError {
  const found = reader.text[reader.at];
  return new SyntaxError(
    found === undefined
      ? 'The Python literal ends too early.'
      : `Unexpected ${JSON.stringify(found)} in a Python literal.`,
  );
}
