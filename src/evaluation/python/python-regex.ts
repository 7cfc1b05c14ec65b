/** Python's regular expressions, translated: filters and metrics of task files are written in them. */
import { PYTHON_SPACE } from './python-text.ts';

const WORD = '\\p{L}\\p{N}_';
const BOUNDARY = `(?:(?<=[${WORD}])(?![${WORD}])|(?<![${WORD}])(?=[${WORD}]))`;
const NO_BOUNDARY = `(?:(?<=[${WORD}])(?=[${WORD}])|(?<![${WORD}])(?![${WORD}]))`;
const AT_END = '(?![^])';

/**
 * The same pattern for JavaScript: Unicode classes, `$` before a last newline, named groups, flags in front.
 * @throws SyntaxError when the pattern is wrong or uses what JavaScript can't do (verbose mode, conditionals, possessive quantifiers)
 */
export function compilePythonRegex(pattern: string): RegExp {
  const head = /^\(\?([aiLmsux]+)\)/.exec(pattern);
  const flags = head?.[1] ?? '';
  if (flags.includes('x')) throw new SyntaxError('Verbose regular expressions (?x) are not supported.');
  const isMultiline = flags.includes('m');
  const source = translate(pattern.slice(head?.[0].length ?? 0), isMultiline, flags.includes('s'));
  return new RegExp(
    source,
    `gu${flags.includes('i') ? 'i' : ''}${isMultiline ? 'm' : ''}${flags.includes('s') ? 's' : ''}`,
  );
}

function translate(pattern: string, isMultiline: boolean, dotTakesAll: boolean): string {
  let out = '';
  let isInClass = false;
  for (let i = 0; i < pattern.length; ) {
    const character = pattern[i]!;
    const next = pattern[i + 1] ?? '';
    if (character === '\\') {
      out += escapeFor(next, isInClass);
      i += 2;
    } else if (isInClass) {
      if (character === ']') isInClass = false;
      out += character === '[' ? '\\[' : character;
      i += 1;
    } else if (character === '[') {
      isInClass = true;
      const opening = /^\[\^?\]?/.exec(pattern.slice(i))![0];
      out += opening.replace(']', '\\]');
      i += opening.length;
    } else if (character === '(' && next === '?') {
      const [text, length] = translateGroup(pattern.slice(i));
      out += text;
      i += length;
    } else if (character === '{' && !/^\{\d*,?\d*\}/.test(pattern.slice(i))) {
      out += '\\{';
      i += 1;
    } else if (character === '{' && next === ',') {
      out += '{0,';
      i += 2;
    } else if (character === '}' && !/\{\d*,?\d*$/.test(pattern.slice(0, i))) {
      out += '\\}';
      i += 1;
    } else if (character === ']') {
      out += '\\]';
      i += 1;
    } else if (character === '$' && !isMultiline) {
      out += `(?=\\n?${AT_END})`;
      i += 1;
    } else {
      out += character === '.' && !dotTakesAll ? '[^\\n]' : character;
      i += 1;
    }
  }
  return out;
}

function escapeFor(next: string, isInClass: boolean): string {
  switch (next) {
    case 'd':
      return '\\p{Nd}';
    case 'D':
      return '\\P{Nd}';
    case 's':
      return isInClass ? PYTHON_SPACE : `[${PYTHON_SPACE}]`;
    case 'S':
      return isInClass ? '\\S' : `[^${PYTHON_SPACE}]`;
    case 'w':
      return isInClass ? WORD : `[${WORD}]`;
    case 'W':
      return isInClass ? '\\W' : `[^${WORD}]`;
    case 'b':
      return isInClass ? '\\x08' : BOUNDARY;
    case 'B':
      return NO_BOUNDARY;
    case 'A':
      return '(?<![^])';
    case 'Z':
      return AT_END;
    case 'a':
      return '\\x07';
    case '-':
      return isInClass ? '\\-' : '-';
    default:
      // Unicode mode refuses escapes that mean nothing; Python takes them for the character itself.
      return /[\^$\\.*+?()[\]{}|/nrtfvxu0-9]/.test(next) ? `\\${next}` : next;
  }
}

function translateGroup(rest: string): [text: string, length: number] {
  const named = /^\(\?P<(\w+)>/.exec(rest);
  if (named) return [`(?<${named[1]}>`, named[0].length];
  const backReference = /^\(\?P=(\w+)\)/.exec(rest);
  if (backReference) return [`\\k<${backReference[1]}>`, backReference[0].length];
  const comment = /^\(\?#[^)]*\)/.exec(rest);
  if (comment) return ['', comment[0].length];
  const plain = /^\(\?(?::|=|!|<=|<!)/.exec(rest);
  if (plain) return [plain[0], plain[0].length];
  throw new SyntaxError(`The group ${rest.slice(0, 6)}… is not supported.`);
}

/** `re.findall`: the whole match without groups, the group's text with one, all groups' texts with more. */
export function findAll(regex: RegExp, text: string): (string | readonly string[])[] {
  return [...text.matchAll(regex)].map((match) => {
    const groups = match.slice(1).map((group) => group ?? '');
    return groups.length === 0 ? match[0] : groups.length === 1 ? groups[0]! : groups;
  });
}

/** `re.sub(pattern, replacement, text)` with Python's `\1`, `\g<1>`, `\g<name>` and `\n` in the replacement. */
export function substitute(regex: RegExp, replacement: string, text: string, count = 0): string {
  let done = 0;
  return text.replace(regex, (...args: unknown[]) => {
    if (count > 0 && done >= count) return args[0] as string;
    done++;
    const groups = typeof args.at(-1) === 'object' ? (args.at(-1) as Record<string, string>) : {};
    return replacement.replace(
      /\\(?:g<(\w+)>|(\d{1,2})|(.))/gs,
      (whole, name?: string, index?: string, other?: string) => {
        if (other !== undefined) return { n: '\n', t: '\t', r: '\r', '\\': '\\' }[other] ?? whole;
        const key = name ?? index ?? '';
        return /^\d+$/.test(key) ? ((args[Number(key)] as string | undefined) ?? '') : (groups[key] ?? '');
      },
    );
  });
}
