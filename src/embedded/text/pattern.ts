/**
 * Patterns of tokenizer.json are Oniguruma's (Ruby's syntax). They are read here and written again as JavaScript's, so that the same
 * texts match: case-insensitive groups, possessive and atomic parts, POSIX classes, intersections, Unicode meanings of \s \w \d \b.
 */
import { CharacterClass, classOfEscape, sameWithoutCase } from './pattern-class.ts';

/** @throws TypeError naming the construct that has no exact meaning here */
export function compilePattern(source: string): RegExp {
  return new RegExp(new PatternReader(source).read(), 'gv');
}

/** Where a text is split: a literal text, or a pattern, as the file gives it. */
export function patternIn(value: unknown): RegExp {
  const { String: text, Regex: regex } = (value ?? {}) as { readonly String?: unknown; readonly Regex?: unknown };
  if (typeof regex === 'string') return compilePattern(regex);
  if (typeof text === 'string') return new RegExp(literal(text), 'gv');
  throw new TypeError('a pattern is neither a String nor a Regex');
}

export function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

const WORD = '[\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\xb2\\xb3\\xb9\\xbc-\\xbe]';
const END = '(?![^])';
const START = '(?<![^])';
/** Escapes that stand for a place, not a character. */
const PLACES: Readonly<Record<string, string>> = {
  A: START,
  z: END,
  Z: `(?=\\n?${END})`,
  G: START,
  b: `(?:(?<=${WORD})(?!${WORD})|(?<!${WORD})(?=${WORD}))`,
  B: `(?:(?<=${WORD})(?=${WORD})|(?<!${WORD})(?!${WORD}))`,
  R: '(?:\\r\\n|[\\n-\\r\\x85\\u2028\\u2029])',
};

interface Modes {
  readonly ignoreCase: boolean;
  readonly dotAll: boolean;
  readonly extended: boolean;
}

class PatternReader {
  readonly #source: string;
  #at = 0;
  #atomics = 0;
  #captures = 0;
  readonly #hasReferences: boolean;

  constructor(source: string) {
    this.#source = source;
    this.#hasReferences = /\\[1-9]/.test(source);
  }

  read(): string {
    const out = this.#alternatives({ ignoreCase: false, dotAll: false, extended: false });
    if (this.#at < this.#source.length) this.#refuse(')');
    return out;
  }

  #refuse(what: string): never {
    throw new TypeError(
      `the pattern ${JSON.stringify(this.#source)} uses ${JSON.stringify(what)}, which is not supported`,
    );
  }

  #take(text: string): boolean {
    if (!this.#source.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #takeMatch(pattern: RegExp): RegExpExecArray | null {
    const sticky = new RegExp(pattern.source, 'yus');
    sticky.lastIndex = this.#at;
    const found = sticky.exec(this.#source);
    if (found !== null) this.#at += found[0].length;
    return found;
  }

  /** Up to the closing parenthesis or the end. `(?i)` alone holds to the end of its group. */
  #alternatives(modes: Modes): string {
    let out = '';
    let current = modes;
    let closings = '';
    while (this.#at < this.#source.length && this.#source[this.#at] !== ')') {
      if (this.#take('|')) {
        out += '|';
        continue;
      }
      const setting = this.#takeMatch(/\(\?([imx]*)(?:-([imx]+))?\)/);
      if (setting !== null) {
        // What follows, alternatives included, is one group.
        current = changed(current, setting[1]!, setting[2] ?? '');
        out += '(?:';
        closings += ')';
        continue;
      }
      if (current.extended && this.#takeMatch(/\s+|#[^\n]*/) !== null) continue;
      out += this.#quantified(current);
    }
    return out + closings;
  }

  #quantified(modes: Modes): string {
    let atom = this.#atom(modes);
    for (;;) {
      const found = this.#takeMatch(/[?*+]|\{(?:\d+(?:,\d*)?|,\d+)\}/);
      if (found === null) return atom;
      const quantifier = found[0].replace('{,', '{0,');
      if (this.#take('?')) atom = `(?:${atom}${quantifier}?)`;
      // {n,m}+ is no possessive one in this syntax: its + repeats the whole.
      else if (!quantifier.startsWith('{') && this.#take('+')) atom = this.#atomic(`(?:${atom})${quantifier}`);
      else atom = `(?:${atom}${quantifier})`;
    }
  }

  /** What matched is never given back: a look-ahead does that in JavaScript. */
  #atomic(body: string): string {
    const name = `atomic${this.#atomics++}`;
    return `(?:(?=(?<${name}>${body}))\\k<${name}>)`;
  }

  #atom(modes: Modes): string {
    if (this.#take('(')) return this.#group(modes);
    if (this.#source[this.#at] === '[') return this.#class(modes).toString();
    if (this.#take('.')) return modes.dotAll ? '[^]' : '[^\\n]';
    if (this.#take('^')) return `(?:${START}|(?<=\\n)(?=[^]))`;
    if (this.#take('$')) return `(?=\\n|${END})`;
    if (this.#source[this.#at] === '\\') return this.#escape(modes);
    const [character] = this.#takeMatch(/./)!;
    return this.#character(character, modes);
  }

  #character(character: string, { ignoreCase }: Modes): string {
    if (!ignoreCase) return literal(character);
    const all = sameWithoutCase(character);
    return all.length === 1 ? literal(character) : `[${all.map(literal).join('')}]`;
  }

  #group(modes: Modes): string {
    if (this.#takeMatch(/\?#[^)]*\)/) !== null) return '(?:)';
    const look = this.#takeMatch(/\?(?:<=|<!|=|!)/);
    if (look !== null) return `(?:(${look[0]}${this.#body(modes)}))`;
    if (this.#take('?>')) return this.#atomic(this.#body(modes));
    const named = this.#takeMatch(/\?<([A-Za-z_]\w*)>/);
    if (named !== null) return `(?<${named[1]}>${this.#body(modes)})`;
    const setting = this.#takeMatch(/\?([imx]*)(?:-([imx]+))?:/);
    if (setting !== null) return `(?:${this.#body(changed(modes, setting[1]!, setting[2] ?? ''))})`;
    if (this.#source[this.#at] === '?') this.#refuse(this.#source.slice(this.#at - 1, this.#at + 3));
    const name = this.#hasReferences ? `?<capture${++this.#captures}>` : '?:';
    return `(${name}${this.#body(modes)})`;
  }

  #body(modes: Modes): string {
    const out = this.#alternatives(modes);
    if (!this.#take(')')) this.#refuse('( without its )');
    return out;
  }

  #escape(modes: Modes): string {
    const found = this.#takeMatch(/\\(?:k<([A-Za-z_]\w*)>|([1-9])|([AzZGbBR]))/);
    if (found?.[1] !== undefined) return `\\k<${found[1]}>`;
    if (found?.[2] !== undefined) return `\\k<capture${found[2]}>`;
    if (found?.[3] !== undefined) return PLACES[found[3]]!;
    const meaning = this.#escapeMeaning();
    return typeof meaning === 'string'
      ? this.#character(meaning, modes)
      : meaning.withCase(modes.ignoreCase).toString();
  }

  /** One character, or a class of them. */
  #escapeMeaning(): string | CharacterClass {
    const point = this.#takeMatch(/\\(?:x\{([0-9A-Fa-f]{1,6})\}|u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{1,2})|0([0-7]{0,2}))/);
    if (point !== null) {
      const hex = point[1] ?? point[2] ?? point[3];
      return String.fromCodePoint(hex === undefined ? Number.parseInt(`0${point[4]}`, 8) : Number.parseInt(hex, 16));
    }
    const found = this.#takeMatch(/\\(?:[pP]\{\^?[^}]*\}|.)/);
    return (found === null ? null : classOfEscape(found[0])) ?? this.#refuse(found?.[0] ?? '\\');
  }

  #class(modes: Modes): CharacterClass {
    this.#at++;
    const isNegated = this.#take('^');
    const parts: CharacterClass[] = [];
    let current = new CharacterClass();
    for (let isFirst = true; isFirst || this.#source[this.#at] !== ']'; isFirst = false) {
      if (this.#at >= this.#source.length) this.#refuse('[ without its ]');
      if (this.#take('&&')) {
        parts.push(current);
        current = new CharacterClass();
        continue;
      }
      const posix = this.#takeMatch(/\[:\^?\w+:\]/);
      if (posix !== null) this.#addNamed(current, posix[0]);
      else if (this.#source[this.#at] === '[') current.addClass(this.#class(modes));
      else this.#classItem(current, modes);
    }
    this.#at++;
    const whole = parts.length === 0 ? current : CharacterClass.intersection([...parts, current]);
    return isNegated ? whole.negated() : whole;
  }

  #addNamed(target: CharacterClass, name: string): void {
    const named = classOfEscape(name);
    if (named === null || typeof named === 'string') this.#refuse(name);
    target.addClass(named);
  }

  #classItem(target: CharacterClass, modes: Modes): void {
    const first = this.#classCharacter();
    if (typeof first !== 'string') {
      target.addClass(first.withCase(modes.ignoreCase));
      return;
    }
    const isRange =
      this.#source[this.#at] === '-' && !/^-(?:\]|&&|\[)/.test(this.#source.slice(this.#at, this.#at + 3));
    if (!isRange) {
      target.addRange(first, first, modes.ignoreCase);
      return;
    }
    this.#at++;
    const last = this.#classCharacter();
    if (typeof last === 'string') {
      target.addRange(first, last, modes.ignoreCase);
      return;
    }
    target.addRange(first, first, modes.ignoreCase);
    target.addRange('-', '-', false);
    target.addClass(last.withCase(modes.ignoreCase));
  }

  #classCharacter(): string | CharacterClass {
    if (this.#take('\\b')) return '\b';
    return this.#source[this.#at] === '\\' ? this.#escapeMeaning() : this.#takeMatch(/./)![0];
  }
}

function changed(modes: Modes, on: string, off: string): Modes {
  const value = (letter: string, before: boolean) => (before || on.includes(letter)) && !off.includes(letter);
  return {
    ignoreCase: value('i', modes.ignoreCase),
    dotAll: value('m', modes.dotAll),
    extended: value('x', modes.extended),
  };
}
