/** Which tokens the model really reads, by lm-evaluation-harness's rules. */
import type { EncodedPair } from './encode-pair.ts';

/**
 * The last maxLength + 1 tokens of context + continuation are kept (the very last is only asked about).
 * @throws RangeError when the continuation alone is longer than maxLength
 */
export function cutContext(pair: EncodedPair, maxLength: number): EncodedPair {
  const { context, continuation } = pair;
  if (continuation.length > maxLength) {
    throw new RangeError(
      `a continuation has ${continuation.length} tokens, and this model's maximum context length is ${maxLength}`,
    );
  }
  const excess = context.length + continuation.length - (maxLength + 1);
  return excess > 0 ? { context: context.slice(excess), continuation } : pair;
}

/**
 * Disjoint windows over a whole text (get_rolling_token_windows with context_len 1, made disjoint): the first predicts up to
 * maxLength tokens behind the prefix token, each later one the next maxLength tokens behind one token of context; the last
 * window is filled up to the left with tokens already predicted.
 */
export function rollingWindows(tokens: readonly number[], prefix: number, maxLength: number): EncodedPair[] {
  const windows: EncodedPair[] = [];
  for (let done = 0; done < tokens.length; ) {
    const size = Math.min(tokens.length - done, maxLength);
    const end = done + size;
    // Everything the model reads: `maxLength` tokens that end just before the last one predicted.
    const context = done === 0 ? [prefix] : tokens.slice(Math.max(0, end - maxLength - 1), done);
    windows.push({ context, continuation: tokens.slice(done, end) });
    done = end;
  }
  return windows;
}
