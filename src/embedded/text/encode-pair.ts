/** Context and continuation -> tokens by lm-evaluation-harness's rule (TemplateLM._encode_pair), so that scores agree. */
import type { Tokenizer } from './tokenizer.ts';

/** What Python's str.rstrip() takes for white space; JavaScript's trimEnd() takes a slightly different set. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: U+001C to U+001F are white space in Python.
const PYTHON_SPACE_AT_END = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+$/u;

export interface EncodedPair {
  readonly context: readonly number[];
  readonly continuation: readonly number[];
}

/**
 * Trailing spaces of the context move to the continuation; the continuation is what the whole has beyond the context's own
 * tokens. An empty context becomes the prefix token, unless the continuation begins with it.
 * @throws RangeError when the context is empty and the tokenizer has neither BOS nor EOS
 */
export function pairEncoder(tokenizer: Tokenizer): (context: string, continuation: string) => EncodedPair {
  let last = { text: '', tokens: [] as number[] };
  const encodeContext = (text: string) => {
    // All choices of a doc come one after another with the same context.
    if (last.text !== text) last = { text, tokens: tokenizer.encode(text) };
    return last.tokens;
  };
  return (context, continuation) => {
    const spaces = PYTHON_SPACE_AT_END.exec(context)?.[0] ?? '';
    const shortened = context.slice(0, context.length - spaces.length);
    const whole = tokenizer.encode(context + continuation);
    const before = encodeContext(shortened);
    if (before.length === 0) return behindPrefix(whole, tokenizer.prefixToken);
    return { context: before, continuation: whole.slice(before.length) };
  };
}

/** A token sequence scored from its start needs something before it. */
export function behindPrefix(tokens: readonly number[], prefix: number | null): EncodedPair {
  if (prefix === null)
    throw new RangeError('the context is empty and this tokenizer has no BOS or EOS token to stand for it');
  if (tokens[0] === prefix) return { context: tokens.slice(0, 1), continuation: tokens.slice(1) };
  return { context: [prefix], continuation: tokens };
}
