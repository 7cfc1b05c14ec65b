/** The normalisers of tokenizer.json: text -> text, before anything else is done with it. */
import { bertNormaliser } from './bert.ts';
import { toByteCharacters } from './byte-characters.ts';
import { patternIn } from './pattern.ts';
import { precompiledNormaliser } from './precompiled.ts';
import { flagIn, listIn, type Part, partOf, textIn, unknownKind } from './spec.ts';

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
  NFC: () => (text) => text.normalize('NFC'),
  NFD: () => (text) => text.normalize('NFD'),
  NFKC: () => (text) => text.normalize('NFKC'),
  NFKD: () => (text) => text.normalize('NFKD'),
  Lowercase: () => lowerCase,
  StripAccents: () => (text) => text.replace(/\p{M}/gu, ''),
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

/** Controls go, odd spaces become plain ones. */
function nmt(text: string): string {
  return text
    .replace(/[\x01-\x08\x0b\x0e-\x1f\x7f\x8f\x9f]/g, '')
    .replace(/[\t\n\f\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]/g, ' ');
}
