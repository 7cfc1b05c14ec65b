/** Character classes as Rust's standard library, its regex crate and the tokenizers library mean them, as bodies of a class. */

import { NEWER_PUNCTUATION } from './unicode-newer.ts';

export const WHITE_SPACE = '\\p{White_Space}';
/** `\w` of the regex crate. */
export const WORD = '\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}';
export const NUMERIC = '\\p{N}';
export const PUNCTUATION = `[\\p{P}$+<=>\\^\`\\|~\\u166d\\u{111c9}]--[${NEWER_PUNCTUATION}]`;

/** A pattern that finds one character of the class at a time. */
export function oneOf(body: string): RegExp {
  return new RegExp(`[${body}]`, 'gv');
}
