/** What BERT does to a text before words are looked up: cleaning, spaces around Chinese characters, accents, case. */
import { lowerCase, type Normalise, normalForm } from './normaliser.ts';
import { flagIn, type Part } from './spec.ts';
import { oneOf } from './unicode.ts';
import { NEWER_NONSPACING_MARKS } from './unicode-newer.ts';

/** CJK ideographs as BERT's authors listed them: no kana, no Hangul. */
const CHINESE =
  /[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b920}-\u{2ceaf}\u{2f800}-\u{2fa1f}]/gu;
const NONSPACING = oneOf(`\\p{Mn}--[${NEWER_NONSPACING_MARKS}]`);

export function bertNormaliser(part: Part): Normalise {
  const isLower = flagIn(part, 'lowercase', true);
  const steps: Normalise[] = [];
  if (flagIn(part, 'clean_text', true)) steps.push(clean);
  if (flagIn(part, 'handle_chinese_chars', true)) steps.push((text) => text.replace(CHINESE, ' $& '));
  if (flagIn(part, 'strip_accents', isLower)) steps.push((text) => normalForm(text, 'NFD').replace(NONSPACING, ''));
  if (isLower) steps.push(lowerCase);
  return (text) => steps.reduce((before, step) => step(before), text);
}

/** Tab, line feed and carriage return are spaces, all other controls go. */
function clean(text: string): string {
  return text.replace(/(?![\t\n\r])[\0\ufffd\p{Cc}\p{Cf}\p{Co}]/gu, '').replace(/[\t\n\r\p{White_Space}]/gu, ' ');
}
