/** What counts as a log-probability, and the harness's rule of where a continuation begins. Pure. */

/** Servers write NaN, null or -9999.0 where the model gave no number: all of them become NaN. */
export function readLogprob(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value > -9999 ? value : Number.NaN;
}

/** What Python's str.rstrip() takes for white space (it is not quite JavaScript's). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: Python counts the information separators as white space
const TRAILING_SPACE = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+$/;

/** lm-evaluation-harness `_encode_pair`: white space at the end of the context belongs to the continuation. */
export function moveTrailingSpace(context: string, continuation: string): { context: string; continuation: string } {
  const spaces = TRAILING_SPACE.exec(context)?.[0] ?? '';
  return { context: context.slice(0, context.length - spaces.length), continuation: spaces + continuation };
}

/** A sequence to send and how many of its last tokens are scored. */
export interface ScoredTokens {
  readonly tokens: readonly number[];
  readonly scored: number;
  /** The beginning of the context was cut. */
  readonly isCut?: boolean;
}

/**
 * lm-evaluation-harness `get_rolling_token_windows` and `make_disjoint_window` (context_len 1): every token is predicted once.
 * @param maxInput longest input in tokens
 */
export function rollingWindows(tokens: readonly number[], prefix: number, maxInput: number): ScoredTokens[] {
  const windows: ScoredTokens[] = [];
  let predicted = Math.min(maxInput, tokens.length);
  if (predicted > 0) windows.push({ tokens: [prefix, ...tokens.slice(0, predicted)], scored: predicted });
  while (predicted < tokens.length) {
    const scored = Math.min(tokens.length - predicted, maxInput);
    const end = predicted + scored;
    windows.push({ tokens: tokens.slice(Math.max(0, end - maxInput - 1), end), scored });
    predicted = end;
  }
  return windows;
}
