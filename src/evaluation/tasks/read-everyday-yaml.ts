/**
 * The everyday part of YAML, read in one pass: block mappings and lists, plain scalars of one line, quoted text, literal blocks (`|`), `!function`. Nearly every
 * task file is made of that, and a repository of them has ten thousand, for which a complete YAML reader is ten times too slow.
 * What it does not know for certain it does not read: it gives up, and the complete reader takes the file.
 */
import { PythonFloat } from '../python/python-value.ts';
import { readQuoted } from './read-quoted-yaml.ts';
import { FunctionReference, type YamlFields } from './yaml-values.ts';

/** Thrown and caught in here only: this file needs the complete reader. */
class NotEveryday extends Error {}

/** Control characters, tabs, and what Python takes for the end of a line. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what may not stand in an everyday file
const UNUSUAL = /[\u0000-\u0009\u000b-\u001f\u007f\u0085\u2028\u2029\ufeff]/;
const DEEPEST = 50;

const KEY = /^(?:([A-Za-z_][\w.-]*)|"([^"\\]*)"|'([^']*)') *:(?: +(.*))?$/;
const COMMENT_ONLY = /^(?:#.*)?$/;
const REST = '(?: +#.*)? *$';
const FUNCTION = new RegExp(`^!function +(?:([\\w.]+)|'([\\w.]+)'|"([\\w.]+)")${REST}`);
const LITERAL = new RegExp(`^\\|(-?)${REST}`);
const FLOW_LIST = new RegExp(`^\\[(.*)\\]${REST}`);
const FLOW_PLAIN = /^[^\s"'[\]{},#:?-][^"'[\]{},#:]*/;
/** What may be a number of another notation, a time or a date. */
const NUMBERISH = /^[-+.0-9=<][-+._:0-9a-fA-FxXoTtZzinNI]*$|^[0-9]{4}-/;
const VERSION = /^[0-9]+(?:\.[0-9]+){2,}$/;
const RESOLVED_WORD = /^(?:yes|no|on|off|true|false|null)$/i;

interface Lines {
  readonly file: string;
  readonly lines: string[];
  at: number;
}

/** @returns undefined when the text holds anything but everyday YAML, or is wrong */
export function readEverydayYaml(text: string, file: string): YamlFields | undefined {
  if (UNUSUAL.test(text)) return undefined;
  const lines: Lines = { file, lines: text.split('\n'), at: 0 };
  try {
    if (indentHere(lines) !== 0) return undefined;
    const fields = readMapping(lines, 0, 0);
    return lines.at < lines.lines.length ? undefined : fields;
  } catch (error) {
    if (error instanceof NotEveryday) return undefined;
    throw error;
  }
}

/** Indentation of the next line that says something; -1 at the end. */
function indentHere(lines: Lines): number {
  for (; lines.at < lines.lines.length; lines.at++) {
    const line = lines.lines[lines.at]!;
    const indent = indentOf(line);
    if (indent < line.length && line[indent] !== '#') return indent;
  }
  return -1;
}

function indentOf(line: string): number {
  let indent = 0;
  while (line[indent] === ' ') indent++;
  return indent;
}

const isItem = (content: string): boolean => content === '-' || content.startsWith('- ');

function readBlock(lines: Lines, indent: number, depth: number): unknown {
  if (depth > DEEPEST) throw new NotEveryday();
  const content = lines.lines[lines.at]!.slice(indent);
  if (isItem(content)) return readList(lines, indent, depth);
  if (/^["']/.test(content) && !KEY.test(content)) {
    lines.at++;
    return readQuotedText(lines, content);
  }
  return readMapping(lines, indent, depth);
}

function readMapping(lines: Lines, indent: number, depth: number): YamlFields {
  const fields: Record<string, unknown> = {};
  for (let here = indentHere(lines); here >= indent; here = indentHere(lines)) {
    const match = here === indent ? KEY.exec(lines.lines[lines.at]!.slice(indent)) : null;
    if (match === null || RESOLVED_WORD.test(match[1] ?? '')) throw new NotEveryday();
    const key = match[1] ?? match[2] ?? match[3]!;
    if (key === '__proto__') throw new NotEveryday();
    fields[key] = readValue(lines, match[4] ?? '', indent, true, depth);
  }
  return fields;
}

function readList(lines: Lines, indent: number, depth: number): unknown[] {
  const items: unknown[] = [];
  for (let here = indentHere(lines); here >= indent; here = indentHere(lines)) {
    const line = lines.lines[lines.at]!;
    const content = line.slice(here);
    // A list may stand as far left as the key it belongs to; the next key ends it.
    if (here === indent && !isItem(content)) break;
    if (here !== indent) throw new NotEveryday();
    const start = indent + 1 + indentOf(line.slice(indent + 1));
    const rest = line.slice(start);
    if (isItem(rest) || KEY.test(rest)) {
      // A block that begins behind the dash stands where it would without the dash.
      lines.lines[lines.at] = ' '.repeat(start) + rest;
      items.push(readBlock(lines, start, depth + 1));
    } else items.push(readValue(lines, rest, indent, false, depth));
  }
  return items;
}

/** @param rest of the line behind the key or dash; the value may also begin below it */
function readValue(lines: Lines, rest: string, indent: number, isOfKey: boolean, depth: number): unknown {
  const line = ++lines.at;
  if (COMMENT_ONLY.test(rest)) {
    const below = indentHere(lines);
    if (below > indent) return readBlock(lines, below, depth + 1);
    return isOfKey && below === indent && isItem(lines.lines[lines.at]!.slice(indent))
      ? readList(lines, indent, depth + 1)
      : null;
  }
  switch (rest[0]) {
    case '"':
    case "'":
      return readQuotedText(lines, rest);
    case '!': {
      const [, bare, single, double] = matched(FUNCTION, rest);
      return new FunctionReference((bare ?? single ?? double)!, lines.file, line);
    }
    case '|':
      return readLiteral(lines, indent, matched(LITERAL, rest)[1] === '-');
    case '[':
      return readFlowList(rest);
    default:
      return readPlainLines(lines, rest, indent);
  }
}

/** A scalar without quotes goes on as long as the lines below stand to the right of what it belongs to. */
function readPlainLines(lines: Lines, rest: string, indent: number): unknown {
  const first = readPlain(rest);
  let text: string | undefined;
  for (let breaks = 0; lines.at < lines.lines.length; ) {
    const line = lines.lines[lines.at]!;
    const isBlank = line.trim() === '';
    if (!isBlank && indentOf(line) <= indent) break;
    lines.at++;
    if (isBlank) {
      breaks++;
      continue;
    }
    const more = line.trim();
    if (rest.includes(' #') || /^#| #|:(?: |$)/.test(more)) throw new NotEveryday();
    text = (text ?? rest.trimEnd()) + (breaks > 0 ? '\n'.repeat(breaks) : ' ') + more;
    breaks = 0;
  }
  return text ?? first;
}

function readQuotedText(lines: Lines, rest: string): string {
  const quoted = readQuoted(rest, lines.lines, lines.at);
  if (quoted === undefined || !/^(?: +#.*)? *$/.test(quoted.rest)) throw new NotEveryday();
  lines.at += quoted.linesBelow;
  return quoted.text;
}

function readLiteral(lines: Lines, indent: number, isStripped: boolean): string {
  let first = lines.at;
  while (lines.lines[first]?.trim() === '') first++;
  const width = indentOf(lines.lines[first] ?? '');
  if (width <= indent) throw new NotEveryday();
  const taken: string[] = [];
  for (; lines.at < lines.lines.length; lines.at++) {
    const line = lines.lines[lines.at]!;
    const isBlank = line.trim() === '';
    if (!isBlank && indentOf(line) < width) break;
    // Blank lines before the first text may not be wider than it.
    if (isBlank && taken.every((one) => one === '') && line.length > width) throw new NotEveryday();
    taken.push(line.slice(width));
  }
  // Without a line end behind it the last line of a file is another text.
  if (lines.at === lines.lines.length && lines.lines.at(-1) !== '') throw new NotEveryday();
  const text = taken.join('\n').replace(/\n+$/, '');
  return isStripped ? text : `${text}\n`;
}

function readFlowList(rest: string): unknown[] {
  let left = matched(FLOW_LIST, rest)[1]!.trim();
  const items: unknown[] = [];
  while (left !== '') {
    if (left[0] === '"' || left[0] === "'") {
      const quoted = readQuoted(left, [], 0);
      if (quoted === undefined) throw new NotEveryday();
      items.push(quoted.text);
      left = quoted.rest.trimStart();
    } else {
      const plain = matched(FLOW_PLAIN, left)[0];
      items.push(readPlain(plain));
      left = left.slice(plain.length);
    }
    if (left === '') break;
    left = matched(/^, *(?=[^ ])/, left)
      .input.slice(1)
      .trimStart();
  }
  return items;
}

/** A scalar without quotes, as PyYAML resolves it. */
function readPlain(rest: string): unknown {
  const comment = rest.indexOf(' #');
  const text = (comment < 0 ? rest : rest.slice(0, comment)).replace(/ +$/, '');
  if (/^[&*!%@`{}[\],#|>"']/.test(text) || /^[?:-](?: |$)/.test(text) || /:(?: |$)/.test(text)) throw new NotEveryday();
  if (/^(?:0|-?[1-9][0-9]{0,14})$/.test(text)) return Number(text);
  if (/^-?[0-9]{1,10}\.[0-9]{1,10}$/.test(text)) {
    const value = Number(text);
    return Number.isInteger(value) ? new PythonFloat(value) : value;
  }
  if (/^(?:yes|Yes|YES|true|True|TRUE|on|On|ON)$/.test(text)) return true;
  if (/^(?:no|No|NO|false|False|FALSE|off|Off|OFF)$/.test(text)) return false;
  if (/^(?:~|null|Null|NULL)$/.test(text)) return null;
  if (NUMBERISH.test(text) && !VERSION.test(text)) throw new NotEveryday();
  return text;
}

function matched(pattern: RegExp, text: string): RegExpExecArray {
  const match = pattern.exec(text);
  if (match === null) throw new NotEveryday();
  return match;
}
