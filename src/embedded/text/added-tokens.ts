/** Added tokens are found in the text before anything else looks at it: the longest at the leftmost place. */
import type { Normalise } from './normaliser.ts';
import { flagIn, numberIn, type Part, partOf, textIn } from './spec.ts';
import { StringTrie } from './string-trie.ts';
import { WHITE_SPACE, WORD } from './unicode.ts';

export interface AddedToken {
  readonly id: number;
  readonly content: string;
  readonly isSpecial: boolean;
  readonly singleWord: boolean;
  /** Takes the white space before it, behind it. */
  readonly lstrip: boolean;
  readonly rstrip: boolean;
  /** Looked for in the normalised text, else in the text as it is. */
  readonly isNormalised: boolean;
}

/** A stretch of text, or an added token in its place. */
export type Stretch = { readonly text: string; readonly start: number } | { readonly id: number };

const SPACE_AT_START = new RegExp(`^[${WHITE_SPACE}]*`, 'v');
const ONE_SPACE = new RegExp(`^[${WHITE_SPACE}]$`, 'v');
const WORD_AT_START = new RegExp(`^[${WORD}]`, 'v');
const WORD_AT_END = new RegExp(`[${WORD}]$`, 'v');

/** @param idOf ids of the model's own vocabulary, which win over the file's */
export function readAddedTokens(value: unknown, idOf: (token: string) => number | undefined): AddedToken[] {
  if (value === null || value === undefined) return [];
  if (!Array.isArray(value)) throw new TypeError('added_tokens is not a list');
  return value.map((entry: unknown) =>
    readAddedToken({ type: 'added_tokens', ...partOf(entry, 'added_tokens') }, idOf),
  );
}

function readAddedToken(part: Part, idOf: (token: string) => number | undefined): AddedToken {
  const content = textIn(part, 'content');
  const isSpecial = flagIn(part, 'special', false);
  return {
    id: idOf(content) ?? numberIn(part, 'id'),
    content,
    isSpecial,
    singleWord: flagIn(part, 'single_word', false),
    lstrip: flagIn(part, 'lstrip', false),
    rstrip: flagIn(part, 'rstrip', false),
    isNormalised: flagIn(part, 'normalized', !isSpecial),
  };
}

/** A finder of these tokens in a text; null when there are none. @param written how each stands in the text */
export function addedTokenFinder(
  tokens: readonly AddedToken[],
  written: Normalise,
): ((text: string) => readonly Stretch[]) | null {
  const contents = tokens.map(({ content }) => written(content));
  const entries = contents.map((content, index) => [content, index] as const).filter(([content]) => content !== '');
  if (entries.length === 0) return null;
  const trie = new StringTrie(entries);
  const beginnings = new Set(entries.map(([content]) => content.charCodeAt(0)));
  const beginning = new RegExp(
    `[${[...beginnings].map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')}]`,
    'g',
  );
  /** End and number of the longest token that begins here. */
  const longestAt = (text: string, start: number) => {
    let found: { readonly end: number; readonly token: AddedToken } | null = null;
    for (let node = 0, end = start; end < text.length; ) {
      node = trie.step(node, text.charCodeAt(end++));
      if (node < 0) break;
      if (trie.valueAt(node) >= 0) found = { end, token: tokens[trie.valueAt(node)]! };
    }
    return found;
  };
  return (text) => {
    const stretches: Stretch[] = [];
    let done = 0;
    beginning.lastIndex = 0;
    for (let at = beginning.exec(text); at !== null; at = beginning.exec(text)) {
      const found = longestAt(text, at.index);
      if (found === null) continue;
      beginning.lastIndex = found.end;
      const { token } = found;
      if (token.singleWord && !standsAlone(text, at.index, found.end)) continue;
      const start = token.lstrip ? Math.max(done, startOfSpace(text, at.index)) : at.index;
      const end = token.rstrip ? found.end + SPACE_AT_START.exec(text.slice(found.end))![0].length : found.end;
      if (start > done) stretches.push({ text: text.slice(done, start), start: done });
      stretches.push({ id: token.id });
      done = end;
    }
    if (done < text.length) stretches.push({ text: text.slice(done), start: done });
    return stretches;
  };
}

function standsAlone(text: string, start: number, end: number): boolean {
  // Two units hold the whole character that touches the token.
  return !WORD_AT_END.test(text.slice(Math.max(0, start - 2), start)) && !WORD_AT_START.test(text.slice(end, end + 2));
}

function startOfSpace(text: string, end: number): number {
  let start = end;
  while (start > 0 && ONE_SPACE.test(text[start - 1]!)) start--;
  return start;
}
