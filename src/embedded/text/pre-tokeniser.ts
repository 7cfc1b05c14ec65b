/** The pre-tokenisers of tokenizer.json: normalised text -> words, the units the model looks at. */
import { toByteCharacters } from './byte-characters.ts';
import { compilePattern, literal, patternIn } from './pattern.ts';
import { flagIn, listIn, numberIn, type Part, partOf, textIn, unknownKind } from './spec.ts';
import { type Behaviour, behaviourIn, splitText } from './splitting.ts';
import { NUMERIC, oneOf, PUNCTUATION, WHITE_SPACE, WORD } from './unicode.ts';
import { splitScripts } from './unicode-scripts.ts';

/** One word -> the words it is cut into, without empty ones; `isAtStart` when it begins where the whole text begins. */
interface Stage {
  run(word: string, isAtStart: boolean): readonly string[];
  /** It cuts and may leave out the head of a word; else it only writes the word in other characters. */
  readonly isCutting: boolean;
}

export interface PreTokeniser {
  split(text: string, isAtStart: boolean): readonly string[];
  /** A last stage that only writes bytes as characters is left to here, so that words can be remembered as they are. */
  asModelSees(word: string): string;
}

const GPT2 = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

/** @throws TypeError for a kind or setting that has no exact meaning here */
export function preTokeniserOf(value: unknown): PreTokeniser {
  const stages = value === null || value === undefined ? [] : stagesOf(value);
  const endsInBytes = stages.at(-1) === BYTES;
  const others = endsInBytes ? stages.slice(0, -1) : stages;
  return {
    split: (text, isAtStart) => runStages(others, text, isAtStart),
    asModelSees: endsInBytes ? toByteCharacters : (word) => word,
  };
}

function runStages(stages: readonly Stage[], whole: string, isWholeAtStart: boolean): readonly string[] {
  let words: readonly string[] = [whole];
  let isAtStart = isWholeAtStart;
  for (const stage of stages) {
    const head = words[0];
    if (head === undefined) break;
    const pieces = stage.run(head, isAtStart);
    if (stage.isCutting && !head.startsWith(pieces[0] ?? ' ')) isAtStart = false;
    words = words.length === 1 ? pieces : [...pieces, ...words.slice(1).flatMap((word) => stage.run(word, false))];
  }
  return words;
}

function cut(pattern: RegExp, behaviour: Behaviour, invert = false): Stage {
  return { isCutting: true, run: (word) => splitText(word, pattern, behaviour, invert) };
}

function rewrite(run: (word: string, isAtStart: boolean) => string): Stage {
  return { isCutting: false, run: (word, isAtStart) => [run(word, isAtStart)] };
}

const BYTES = rewrite(toByteCharacters);

function stagesOf(value: unknown): Stage[] {
  const part = partOf(value, 'pre_tokenizer');
  const make = KINDS[String(part.type)];
  if (make === undefined) throw unknownKind('pre_tokenizer', part);
  return make(part);
}

const KINDS: Readonly<Record<string, (part: Part) => Stage[]>> = {
  Sequence: (part) => listIn(part, 'pretokenizers').flatMap(stagesOf),
  ByteLevel: byteLevel,
  Split: (part) => [
    cut(patternIn(part.pattern), behaviourIn(part.behavior ?? 'Isolated'), flagIn(part, 'invert', false)),
  ],
  Metaspace: metaspace,
  Whitespace: () => [cut(new RegExp(`[${WORD}]+|[^${WORD}${WHITE_SPACE}]+`, 'gv'), 'Removed', true)],
  WhitespaceSplit: () => [cut(oneOf(WHITE_SPACE), 'Removed')],
  BertPreTokenizer: () => [cut(oneOf(WHITE_SPACE), 'Removed'), cut(oneOf(PUNCTUATION), 'Isolated')],
  Digits: (part) => [cut(oneOf(NUMERIC), flagIn(part, 'individual_digits', false) ? 'Isolated' : 'Contiguous')],
  Punctuation: (part) => [cut(oneOf(PUNCTUATION), behaviourIn(part.behavior ?? 'Isolated'))],
  CharDelimiterSplit: (part) => [cut(new RegExp(literal(textIn(part, 'delimiter')), 'gv'), 'Removed')],
  UnicodeScripts: () => [{ isCutting: true, run: splitScripts }],
  FixedLength: (part) => [fixedLength(numberIn(part, 'length', 5))],
};

function byteLevel(part: Part): Stage[] {
  const prefixed = rewrite((word) => (word.startsWith(' ') ? word : ` ${word}`));
  return [
    ...(flagIn(part, 'add_prefix_space', true) ? [prefixed] : []),
    ...(flagIn(part, 'use_regex', true) ? [cut(compilePattern(GPT2), 'Isolated')] : []),
    BYTES,
  ];
}

/** Spaces become a visible mark, one is put in front, and words begin with it. */
function metaspace(part: Part): Stage[] {
  const mark = textIn(part, 'replacement', '▁');
  const scheme = prependScheme(part);
  const marked = rewrite((word, isAtStart) => {
    const replaced = word.replaceAll(' ', mark);
    const prepends = scheme === 'always' || (scheme === 'first' && isAtStart);
    return prepends && !replaced.startsWith(mark) ? mark + replaced : replaced;
  });
  const split = cut(new RegExp(literal(mark), 'gv'), 'MergedWithNext');
  return flagIn(part, 'split', true) ? [marked, split] : [marked];
}

/** Older files say `add_prefix_space` instead. */
export function prependScheme(part: Part): 'always' | 'first' | 'never' {
  const scheme = part.prepend_scheme ?? (part.add_prefix_space === false ? 'never' : 'always');
  if (scheme === 'always' || scheme === 'first' || scheme === 'never') return scheme;
  throw new TypeError(`unknown prepend_scheme of Metaspace: ${JSON.stringify(scheme)}`);
}

function fixedLength(length: number): Stage {
  const run = (word: string) => {
    const characters = [...word];
    const pieces: string[] = [];
    for (let at = 0; at < characters.length; at += length) pieces.push(characters.slice(at, at + length).join(''));
    return pieces;
  };
  return { isCutting: true, run };
}
