/** Jinja source -> tokens, by Jinja's own rules of white space: as lm-evaluation-harness sets it up, only `-` strips. */
import { stripEnd, stripStart } from '../python/python-text.ts';

export interface TemplateToken {
  /** `text` stands outside of braces; `open` is `{{` or `{%`, `close` its end; `operator` is any mark. */
  readonly type: 'text' | 'open' | 'close' | 'name' | 'text literal' | 'integer' | 'float' | 'operator' | 'end';
  readonly value: string;
  readonly line: number;
}

/** A template that can't be read: the line within it and what is wrong. */
export class TemplateSyntaxError extends Error {
  override readonly name = 'TemplateSyntaxError';
  readonly line: number;
  constructor(line: number, what: string) {
    super(`line ${line}: ${what}`);
    this.line = line;
  }
}

const OPENING = /\{(?:\{|%|#)[-+]?/g;
const RAW = /^\{%[-+]?\s*raw\s*(-?)%\}/;
const END_RAW = /\{%([-+]?)\s*endraw\s*(-?)%\}/g;
const TOKENS = [
  ['name', /[\p{ID_Start}_][\p{ID_Continue}]*/uy],
  ['float', /(?<!\.)\d[\d_]*(?:(?:\.\d[\d_]*)?[eE][+-]?\d+|\.\d[\d_]*)/y],
  ['integer', /0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|\d[\d_]*/y],
  ['text literal', /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/sy],
  ['operator', /\*\*|\/\/|==|!=|<=|>=|[-+*/%~[\](){}<>=.:|,]/y],
] as const;

/** @throws TemplateSyntaxError */
export function tokenizeTemplate(source: string): TemplateToken[] {
  const text = source.replace(/\r\n?/g, '\n');
  const tokens: TemplateToken[] = [];
  const lineAt = createLineCounter(text);
  let at = 0;
  let stripsNext = false;
  const addText = (end: number, stripsEnd: boolean) => {
    let piece = text.slice(at, end);
    if (stripsNext) piece = stripStart(piece);
    if (stripsEnd) piece = stripEnd(piece);
    if (piece !== '') tokens.push({ type: 'text', value: piece, line: lineAt(at) });
    stripsNext = false;
  };
  for (;;) {
    OPENING.lastIndex = at;
    const opening = OPENING.exec(text);
    if (opening === null) break;
    const start = opening.index;
    const line = lineAt(start);
    addText(start, opening[0].endsWith('-'));
    const raw = RAW.exec(text.slice(start, start + 200));
    if (raw !== null) {
      at = start + raw[0].length;
      stripsNext = raw[1] === '-';
      END_RAW.lastIndex = at;
      const end = END_RAW.exec(text);
      if (end === null) throw new TemplateSyntaxError(line, '`{% raw %}` has no `{% endraw %}`');
      addText(end.index, end[1] === '-');
      at = END_RAW.lastIndex;
      stripsNext = end[2] === '-';
    } else if (opening[0][1] === '#') {
      const end = text.indexOf('#}', start + opening[0].length);
      if (end < 0) throw new TemplateSyntaxError(line, 'a comment `{#` has no end');
      stripsNext = text[end - 1] === '-';
      at = end + 2;
    } else {
      tokens.push({ type: 'open', value: opening[0].slice(0, 2), line });
      const inside = tokenizeInside(text, start + opening[0].length, opening[0][1] as '{' | '%', lineAt, tokens);
      at = inside.end;
      stripsNext = inside.strips;
    }
  }
  addText(text.length, false);
  tokens.push({ type: 'end', value: '', line: lineAt(text.length) });
  return tokens;
}

/** Tokens up to `}}` or `%}`; braces of a mapping inside an expression close first. */
function tokenizeInside(
  text: string,
  from: number,
  kind: '{' | '%',
  lineAt: (position: number) => number,
  tokens: TemplateToken[],
): { end: number; strips: boolean } {
  const close = kind === '{' ? /\s*([-+]?)\}\}/y : /\s*([-+]?)%\}/y;
  let at = from;
  let braces = 0;
  for (;;) {
    close.lastIndex = at;
    const end = braces === 0 ? close.exec(text) : null;
    if (end !== null) {
      tokens.push({ type: 'close', value: kind === '{' ? '}}' : '%}', line: lineAt(at) });
      return { end: close.lastIndex, strips: end[1] === '-' };
    }
    while (/\s/.test(text[at] ?? '')) at++;
    if (at >= text.length) {
      throw new TemplateSyntaxError(lineAt(from), `\`{${kind}\` has no \`${kind === '{' ? '}}' : '%}'}\``);
    }
    const token = nextToken(text, at, lineAt(at));
    if (token.type === 'operator') braces += token.value === '{' ? 1 : token.value === '}' ? -1 : 0;
    tokens.push(token);
    at += token.value.length;
  }
}

function nextToken(text: string, at: number, line: number): TemplateToken {
  for (const [type, pattern] of TOKENS) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match !== null) return { type, value: match[0], line };
  }
  const found = String.fromCodePoint(text.codePointAt(at)!);
  const what =
    found === '"' || found === "'"
      ? `the quote ${found} is never closed`
      : `${JSON.stringify(found)} means nothing here`;
  throw new TemplateSyntaxError(line, what);
}

/** Lines are asked for in the order of the text. */
function createLineCounter(text: string): (position: number) => number {
  let line = 1;
  let counted = 0;
  return (position) => {
    for (; counted < position; counted++) if (text.charCodeAt(counted) === 10) line++;
    return line;
  };
}
