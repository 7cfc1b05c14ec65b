/** How a text is cut at the matches of a pattern: the five behaviours of tokenizer.json. */

export type Behaviour = 'Removed' | 'Isolated' | 'Contiguous' | 'MergedWithPrevious' | 'MergedWithNext';

const BEHAVIOURS: readonly Behaviour[] = ['Removed', 'Isolated', 'Contiguous', 'MergedWithPrevious', 'MergedWithNext'];

/** @throws TypeError when it is none of the five */
export function behaviourIn(value: unknown): Behaviour {
  const found = BEHAVIOURS.find((each) => each === value);
  if (found === undefined) throw new TypeError(`unknown behavior of a split: ${JSON.stringify(value)}`);
  return found;
}

interface Piece {
  start: number;
  end: number;
  readonly isMatch: boolean;
}

/**
 * @param pattern with the g flag; its matches are cut out, or with `invert` what lies between them
 * @returns the pieces in order, none empty; all of the text, but for `Removed`
 */
export function splitText(text: string, pattern: RegExp, behaviour: Behaviour, invert: boolean): string[] {
  if (behaviour === 'Isolated') {
    const matches: string[] = text.match(pattern) ?? [];
    const covered = matches.reduce((sum, match) => sum + match.length, 0);
    // The usual case of a tokenizer whose pattern leaves nothing out.
    if (covered === text.length) return matches.includes('') ? matches.filter((match) => match !== '') : matches;
  }
  const pieces: string[] = [];
  for (const { start, end, isMatch } of merged(alternating(text, pattern, invert), behaviour)) {
    if (end > start && !(behaviour === 'Removed' && isMatch)) pieces.push(text.slice(start, end));
  }
  return pieces;
}

function alternating(text: string, pattern: RegExp, invert: boolean): Piece[] {
  const pieces: Piece[] = [];
  let before = 0;
  for (const match of text.matchAll(pattern)) {
    if (match.index > before) pieces.push({ start: before, end: match.index, isMatch: invert });
    before = match.index + match[0].length;
    pieces.push({ start: match.index, end: before, isMatch: !invert });
  }
  if (before < text.length) pieces.push({ start: before, end: text.length, isMatch: invert });
  return pieces;
}

function merged(pieces: Piece[], behaviour: Behaviour): Piece[] {
  if (behaviour === 'MergedWithNext') return withNext(pieces);
  if (behaviour !== 'Contiguous' && behaviour !== 'MergedWithPrevious') return pieces;
  const out: Piece[] = [];
  let wasMatch: boolean | null = behaviour === 'Contiguous' ? null : false;
  for (const piece of pieces) {
    const last = out.at(-1);
    const joins = behaviour === 'Contiguous' ? piece.isMatch === wasMatch : piece.isMatch && !wasMatch;
    if (joins && last !== undefined) last.end = piece.end;
    else out.push(piece);
    wasMatch = piece.isMatch;
  }
  return out;
}

function withNext(pieces: Piece[]): Piece[] {
  const out: Piece[] = [];
  let wasMatch = false;
  for (const piece of pieces.toReversed()) {
    const last = out.at(-1);
    if (piece.isMatch && !wasMatch && last !== undefined) last.start = piece.start;
    else out.push(piece);
    wasMatch = piece.isMatch;
  }
  return out.reverse();
}
