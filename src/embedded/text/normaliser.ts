/** The normalisers of tokenizer.json: text -> text, before anything else is done with it. */
import { bertNormaliser } from './bert.ts';
import { toByteCharacters } from './byte-characters.ts';
import { patternIn } from './pattern.ts';
import { precompiledNormaliser } from './precompiled.ts';
import { flagIn, listIn, type Part, partOf, textIn, unknownKind } from './spec.ts';
import { oneOf } from './unicode.ts';
import { NEWER_DECOMPOSITIONS, NEWER_MARKS } from './unicode-newer.ts';

export type Normalise = (text: string) => string;

/** @throws TypeError for a kind or setting that has no exact meaning here */
export function normaliserOf(value: unknown): Normalise {
  if (value === null || value === undefined) return (text) => text;
  const part = partOf(value, 'normalizer');
  const make = KINDS[String(part.type)];
  if (make === undefined) throw unknownKind('normalizer', part);
  return make(part);
}

const KINDS: Readonly<Record<string, (part: Part) => Normalise>> = {
  Sequence: (part) => {
    const steps = listIn(part, 'normalizers').map(normaliserOf);
    return (text) => steps.reduce((before, step) => step(before), text);
  },
  NFC: () => (text) => normalForm(text, 'NFC'),
  NFD: () => (text) => normalForm(text, 'NFD'),
  NFKC: () => (text) => normalForm(text, 'NFKC'),
  NFKD: () => (text) => normalForm(text, 'NFKD'),
  Lowercase: () => lowerCase,
  StripAccents: () => (text) => text.replace(MARK, ''),
  Strip: (part) => strip(flagIn(part, 'strip_left', true), flagIn(part, 'strip_right', true)),
  Replace: replacement,
  Prepend: (part) => {
    const head = textIn(part, 'prepend');
    return (text) => (text === '' ? '' : head + text);
  },
  Precompiled: precompiledNormaliser,
  BertNormalizer: bertNormaliser,
  Nmt: () => nmt,
  ByteLevel: () => toByteCharacters,
};

const MARK = oneOf(`\\p{M}--[${NEWER_MARKS}]`);
const NEWER = new RegExp(`([${NEWER_DECOMPOSITIONS}])`, 'v');

/** A Unicode normal form; characters that decompose only since a newer Unicode stay as they are. */
export function normalForm(text: string, form: 'NFC' | 'NFD' | 'NFKC' | 'NFKD'): string {
  if (!NEWER.test(text)) return text.normalize(form);
  return text
    .split(NEWER)
    .map((part, at) => (at % 2 === 1 ? part : part.normalize(form)))
    .join('');
}

/** Every match of the pattern becomes the content, as it stands. */
export function replacement(part: Part): Normalise {
  const pattern = patternIn(part.pattern);
  const content = textIn(part, 'content');
  return (text) => text.replace(pattern, () => content);
}

/** Each character by itself: a sigma at the end of a word is no exception here, as it is in JavaScript. */
export function lowerCase(text: string): string {
  return text.includes('Σ')
    ? text
        .split('Σ')
        .map((part) => part.toLowerCase())
        .join('σ')
    : text.toLowerCase();
}

function strip(left: boolean, right: boolean): Normalise {
  return (text) => {
    const head = left ? text.replace(/^\p{White_Space}+/u, '') : text;
    return right ? head.slice(0, endWithoutSpace(head)) : head;
  };
}

function endWithoutSpace(text: string): number {
  let end = text.length;
  while (end > 0 && /\p{White_Space}/u.test(text[end - 1]!)) end--;
  return end;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for.
const CONTROLS = /[\u0001-\u0008\u000b\u000e-\u001f\u007f\u008f\u009f]/g;

/** Controls go, odd spaces become plain ones. */
function nmt(text: string): string {
  return text.replace(CONTROLS, '').replace(/[\t\n\f\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]/g, ' ');
}
