/** Character classes of a pattern, with the Unicode meaning Oniguruma gives them, written for JavaScript's `v` flag. */

/** \d \s \w \h and the POSIX names. */
const POSIX: Readonly<Record<string, string>> = {
  alnum: '\\p{Alphabetic}\\p{Nd}',
  alpha: '\\p{Alphabetic}',
  blank: '\\p{Zs}\\t',
  cntrl: '\\p{Cc}',
  digit: '\\p{Nd}',
  lower: '\\p{Lowercase}',
  print: '[[^]--[\\u2028\\u2029\\p{Cc}\\p{Cs}\\p{Cn}]]',
  graph: '[[^]--[\\p{White_Space}\\p{Cc}\\p{Cs}\\p{Cn}]]',
  punct: '\\p{P}',
  space: '\\p{White_Space}',
  upper: '\\p{Uppercase}',
  xdigit: '0-9A-Fa-f',
  // The superscripts and fractions of Latin-1 are word characters there.
  word: '\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\xb2\\xb3\\xb9\\xbc-\\xbe',
  ascii: '\\x00-\\x7f',
  any: '[^]',
};
const LETTERS: Readonly<Record<string, string>> = { d: 'digit', s: 'space', w: 'word', h: 'xdigit' };
const CONTROLS: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  f: '\f',
  v: '\v',
  a: '\x07',
  e: '\x1b',
};

export class CharacterClass {
  #items: string[] = [];
  #isNegated = false;

  static of(body: string, isNegated = false): CharacterClass {
    const one = new CharacterClass();
    one.#items.push(body);
    one.#isNegated = isNegated;
    return one;
  }

  static intersection(parts: readonly CharacterClass[]): CharacterClass {
    return CharacterClass.of(parts.map(String).join('&&'));
  }

  addClass(other: CharacterClass): void {
    this.#items.push(other.toString());
  }

  addRange(first: string, last: string, ignoreCase: boolean): void {
    this.#items.push(first === last ? escaped(first) : `${escaped(first)}-${escaped(last)}`);
    if (!ignoreCase) return;
    const end = last.codePointAt(0)!;
    for (let point = first.codePointAt(0)!; point <= end; point++) {
      const others = sameWithoutCase(String.fromCodePoint(point)).slice(1);
      this.#items.push(...others.map(escaped));
    }
  }

  negated(): CharacterClass {
    return CharacterClass.of(this.toString(), true);
  }

  /** Under (?i:) a class of one letter case is all of them. */
  withCase(ignoreCase: boolean): CharacterClass {
    const isCased = this.#items.every((item) => /^\\p\{(?:Lu|Ll|Lt|Uppercase|Lowercase)\}$/.test(item));
    return ignoreCase && isCased ? CharacterClass.of('\\p{Lu}\\p{Ll}\\p{Lt}', this.#isNegated) : this;
  }

  toString(): string {
    return `[${this.#isNegated ? '^' : ''}${this.#items.join('')}]`;
  }
}

function escaped(character: string): string {
  return `\\u{${character.codePointAt(0)!.toString(16)}}`;
}

/**
 * The meaning of `\x`, `\p{...}` or `[:name:]`: a character, a class, or null when it is not known.
 * @param text the construct as written in the pattern
 */
export function classOfEscape(text: string): string | CharacterClass | null {
  const named = /^(?:\\([pP])\{(\^?)([^}]*)\}|\[:(\^?)(\w+):\])$/.exec(text);
  if (named !== null) {
    const isNegated = ((named[1] === 'P') !== (named[2] === '^')) !== (named[4] === '^');
    // [[:punct:]] has the symbols too, \p{Punct} has not.
    const body = named[5] === 'punct' ? '\\p{P}\\p{S}' : property(named[3] ?? named[5]!);
    return body === null ? null : CharacterClass.of(body, isNegated);
  }
  const letter = text.slice(1);
  if (LETTERS[letter.toLowerCase()] !== undefined) {
    return CharacterClass.of(POSIX[LETTERS[letter.toLowerCase()]!]!, letter !== letter.toLowerCase());
  }
  if (CONTROLS[letter] !== undefined) return CONTROLS[letter];
  return /^[A-Za-z0-9]$/.test(letter) ? null : letter;
}

/** A Unicode property by any of its names, in any case, spaces, - and _ left out. */
function property(name: string): string | null {
  const plain = name.replace(/[ _-]/g, '').toLowerCase();
  if (POSIX[plain] !== undefined) return POSIX[plain];
  // Oniguruma has an old list of these.
  if (plain === 'extendedpictographic') return null;
  const words = name
    .replace(/[ -]/g, '_')
    .split('_')
    .map((word) => word[0]?.toUpperCase() + word.slice(1).toLowerCase());
  const spellings = [name, words.join('_'), words.join('')];
  for (const spelling of spellings) {
    for (const body of [`\\p{${spelling}}`, `\\p{Script=${spelling}}`]) if (isProperty(body)) return body;
  }
  return null;
}

function isProperty(body: string): boolean {
  try {
    return new RegExp(body, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}

let casedLetters: string | undefined;
const known = new Map<string, readonly string[]>();

/** The character, and all others that are the same when case is ignored (s, S and the long ſ). */
export function sameWithoutCase(character: string): readonly string[] {
  const before = known.get(character);
  if (before !== undefined) return before;
  casedLetters ??= allCased();
  const pattern = new RegExp(escaped(character), 'giu');
  const others = /^\p{CWCM}|^\p{CWCF}/u.test(character) ? (casedLetters.match(pattern) ?? []) : [];
  const all = [character, ...others.filter((each) => each !== character)];
  known.set(character, all);
  return all;
}

function allCased(): string {
  const isCased = /\p{CWCM}|\p{CWCF}/u;
  let all = '';
  for (let point = 0; point < 0x20000; point++) {
    const character = String.fromCodePoint(point);
    if (isCased.test(character)) all += character;
  }
  return all;
}
