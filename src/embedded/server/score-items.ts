/** Items of /v1/score -> tokens the model reads, by lm-evaluation-harness's rules of splitting and cutting. */
import type { Engine } from '../engine.ts';
import { recordOf } from '../graph/model-config.ts';
import { behindPrefix, type EncodedPair, pairEncoder } from '../text/encode-pair.ts';
import type { Tokenizer } from '../text/tokenizer.ts';
import { cutContext, rollingWindows } from '../text/windows.ts';
import { badRequest } from './api-error.ts';
import { textOrTokens } from './fields.ts';
import { scoreEncoder } from './special-tokens.ts';

export interface CutPair extends EncodedPair {
  /** The beginning of the context was cut. */
  readonly isCut: boolean;
}

/** {context, continuations} -> tokens, cut to the model's length: the last max_length + 1, as the harness's hf backend does. */
export function itemReader({ tokenizer, vocabSize, maxLength }: Engine): (item: unknown, index: number) => CutPair[] {
  const encode = scoreEncoder(tokenizer);
  const encodePair = pairEncoder({ ...tokenizer, encode });
  const encodeTexts = (context: string, continuation: string) =>
    context === ''
      ? behindPrefix(tokenizer.encode(continuation), tokenizer.prefixToken)
      : encodePair(context, continuation);
  return (item, index) => {
    const place = `items[${index}]`;
    const fields = recordOf(item);
    if (fields === null || !Array.isArray(fields.continuations)) {
      throw badRequest(`${place} must be {context, continuations: [...]}`, place);
    }
    const context = textOrTokens(fields.context, `${place}.context`, vocabSize);
    return fields.continuations.map((value: unknown, at: number) => {
      const param = `${place}.continuations[${at}]`;
      const continuation = textOrTokens(value, param, vocabSize);
      return withinLimits(param, () => {
        const pair =
          typeof context === 'string' && typeof continuation === 'string'
            ? encodeTexts(context, continuation)
            : pairOfTokens(tokenizer, tokensOf(tokenizer, context), tokensOf(tokenizer, continuation));
        const cut = cutContext(pair, maxLength);
        return { ...cut, isCut: cut.context.length < pair.context.length };
      });
    });
  };
}

/** A whole text -> its windows. */
export function rollingReader({
  tokenizer,
  vocabSize,
  maxLength,
}: Engine): (item: unknown, index: number) => CutPair[] {
  const encode = scoreEncoder(tokenizer);
  return (item, index) => {
    const param = `rolling[${index}]`;
    const text = textOrTokens(item, param, vocabSize);
    const tokens = typeof text === 'string' ? encode(text) : text;
    const prefix = tokenizer.prefixToken;
    if (prefix === null) {
      throw badRequest('this tokenizer has no BOS or EOS token to begin a text with', param, 'no_prefix_token');
    }
    return rollingWindows(tokens, prefix, maxLength).map((window) => ({ ...window, isCut: false }));
  };
}

function tokensOf(tokenizer: Tokenizer, value: string | readonly number[]): readonly number[] {
  return typeof value === 'string' ? tokenizer.encode(value) : value;
}

function pairOfTokens(tokenizer: Tokenizer, context: readonly number[], continuation: readonly number[]): EncodedPair {
  return context.length > 0 ? { context, continuation } : behindPrefix(continuation, tokenizer.prefixToken);
}

/** The pure parts say with a RangeError that a value is out of the model's bounds. */
function withinLimits<T>(param: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError) throw badRequest(error.message, param, 'context_length_exceeded');
    throw error;
  }
}
