/** How a text is cut into tokens before BLEU counts n-grams: the tokenizers sacrebleu names, by their names. */
import { split, strip, stripEnd } from '../../python/python-text.ts';

export type BleuTokenizer = (text: string) => string[];

/** ASCII punctuation and symbols, but for the full stop, the comma, the dash and the apostrophe. */
const MARKS = /[{-~[-` -&(-+:-@/]/gu;

/** The part that mteval-v13a (the NIST script of the WMT tasks) does for languages written with spaces. */
function cutWestern(text: string): string[] {
  return split(
    text
      .replace(MARKS, ' $& ')
      .replace(/([^0-9])([.,])/gu, '$1 $2 ')
      .replace(/([.,])([^0-9])/gu, ' $1 $2')
      .replace(/([0-9])(-)/gu, '$1 $2 '),
  );
}

const ENTITIES: readonly (readonly [string, string])[] = [
  ['&quot;', '"'],
  ['&amp;', '&'],
  ['&lt;', '<'],
  ['&gt;', '>'],
];

function cutAs13a(text: string): string[] {
  let line = text.replaceAll('<skipped>', '').replaceAll('-\n', '').replaceAll('\n', ' ');
  for (const [entity, character] of ENTITIES) line = line.replaceAll(entity, character);
  return cutWestern(` ${line} `);
}

/**
 * What counts as one Chinese token a character. The blocks are sacrebleu's, with U+2001 to U+2A6D among them: its entry for
 * CJK extension B is read so, and equal scores need equal tokens.
 */
const CHINESE =
  /[\u3400-\u4db5\u4e00-\u9fbb\uf900-\ufa2d\ufa30-\ufa6a\ufa70-\ufad9\u2001-\u2a6d\uff00-\uffef\u2e80-\u2eff\u3000-\u303f\u31c0-\u31ef\u2f00-\u2fdf\u2ff0-\u2fff\u3100-\u312f\u31a0-\u31bf\ufe10-\ufe1f\ufe30-\ufe4f\u2600-\u26ff\u2700-\u27bf\u3200-\u33ff]/gu;

const cutChinese: BleuTokenizer = (text) => cutWestern(strip(text).replace(CHINESE, ' $& '));

/** mteval-v14: cuts at every punctuation mark that has no digit on both sides, and at every symbol. */
const cutInternational: BleuTokenizer = (text) =>
  split(
    text
      .replace(/(\P{N})(\p{P})/gu, '$1 $2 ')
      .replace(/(\p{P})(\P{N})/gu, ' $1 $2')
      .replace(/\p{S}/gu, ' $& '),
  );

const TOKENIZERS: Readonly<Record<string, BleuTokenizer>> = {
  '13a': cutAs13a,
  zh: cutChinese,
  intl: cutInternational,
  char: (text) => split([...text].join(' ')),
  none: (text) => split(text),
};

export const BLEU_TOKENIZERS = Object.keys(TOKENIZERS);

/** Tokens of a text whose end is stripped first, as sacrebleu does. */
export function tokenizeForBleu(text: string, tokenizer: string): string[] {
  return TOKENIZERS[tokenizer]!(stripEnd(text));
}
