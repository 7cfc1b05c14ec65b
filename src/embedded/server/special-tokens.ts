/**
 * Texts -> tokens as lm-evaluation-harness's hf backend tokenises them: with what the tokenizer adds by itself (a BOS, for many
 * models), unless the text already begins with it, as the text of a chat template often does.
 */
import type { Tokenizer } from '../text/tokenizer.ts';

export type Encode = (text: string) => number[];

/** For prompts that are continued: `bos_token` is not added twice. */
export function promptEncoder(tokenizer: Tokenizer): Encode {
  return encoderUnless(tokenizer, tokenizer.specialText('bos_token'));
}

/** For texts that are scored: what stands for an empty context is not added twice. */
export function scoreEncoder(tokenizer: Tokenizer): Encode {
  return encoderUnless(tokenizer, tokenizer.prefixToken === null ? '' : tokenizer.decode([tokenizer.prefixToken]));
}

/** @param opening text that a text with its special tokens begins with; '' for none */
function encoderUnless(tokenizer: Tokenizer, opening: string): Encode {
  const around = tokensAround(tokenizer);
  return (text) => {
    if (opening !== '' && text.startsWith(opening)) return tokenizer.encode(text);
    if (around === null) return tokenizer.encodeWithSpecialTokens(text);
    return [...around.before, ...tokenizer.encode(text), ...around.after];
  };
}

/** What is added before and behind a text, found on a sample: plain encoding is much faster. Null when it is no simple frame. */
function tokensAround(tokenizer: Tokenizer): { readonly before: number[]; readonly after: number[] } | null {
  const plain = tokenizer.encode('a');
  const framed = tokenizer.encodeWithSpecialTokens('a');
  for (let start = 0; start + plain.length <= framed.length; start++) {
    if (!plain.every((id, index) => id === framed[start + index])) continue;
    return { before: framed.slice(0, start), after: framed.slice(start + plain.length) };
  }
  return null;
}
