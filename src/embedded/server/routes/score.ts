/**
 * /v1/score, this engine's own extension: log-probabilities of many continuations in one request, tokenised and cut by
 * lm-evaluation-harness's rules here, so that a client sends texts and gets one number a choice.
 */

import type { Engine } from '../../engine.ts';
import { recordOf } from '../../graph/model-config.ts';
import type { TokenScores } from '../../scorer.ts';
import { behindPrefix, type EncodedPair, pairEncoder } from '../../text/encode-pair.ts';
import { cutContext, rollingWindows } from '../../text/windows.ts';
import { badRequest } from '../api-error.ts';
import { type Body, textOrTokens } from '../fields.ts';
import type { Route } from '../route.ts';
import { requireModel } from './models.ts';

interface ContinuationReply {
  /** Sum over the continuation, nats; null when the model gave a value that is not finite. */
  readonly logprob: number | null;
  /** Every token was the most probable one. */
  readonly is_greedy: boolean;
  readonly tokens: number;
  readonly non_finite?: true;
}

export const scoreRoute: Route = {
  method: 'POST',
  path: '/v1/score',
  answer: async ({ served, body, signal }) => {
    requireModel(body, served);
    const { engine } = served;
    const items = listIn(body, 'items').map(itemReader(engine));
    const texts = listIn(body, 'rolling').map(rollingReader(engine));
    const [scored, rolled] = await Promise.all([scoreAll(engine, items, signal), scoreAll(engine, texts, signal)]);
    return {
      json: {
        object: 'libra.score',
        model: served.name,
        items: scored.map((continuations) => continuations.map(continuationReply)),
        rolling: rolled.map((windows) => rollingReply(windows)),
      },
    };
  },
};

function listIn(body: Body, field: string): readonly unknown[] {
  const value = body[field] ?? [];
  if (Array.isArray(value)) return value;
  throw badRequest(`${field} must be a list`);
}

/** {context, continuations} -> tokens, cut to the model's length. */
function itemReader(engine: Engine): (item: unknown, index: number) => EncodedPair[] {
  const { tokenizer, vocabSize, maxLength } = engine;
  const encodePair = pairEncoder(tokenizer);
  return (item, index) => {
    const place = `items[${index}]`;
    const fields = recordOf(item);
    if (fields === null || !Array.isArray(fields.continuations)) {
      throw badRequest(`${place} must be {context, continuations: [...]}`);
    }
    const context = textOrTokens(fields.context, `${place}.context`, vocabSize);
    return fields.continuations.map((value: unknown, at: number) => {
      const continuation = textOrTokens(value, `${place}.continuations[${at}]`, vocabSize);
      if (typeof context === 'string' && typeof continuation === 'string') {
        return cutContext(encodePair(context, continuation), maxLength);
      }
      const before = typeof context === 'string' ? tokenizer.encode(context) : context;
      const after = typeof continuation === 'string' ? tokenizer.encode(continuation) : continuation;
      const pair =
        before.length > 0 ? { context: before, continuation: after } : behindPrefix(after, tokenizer.prefixToken);
      return cutContext(pair, maxLength);
    });
  };
}

/** A whole text -> its windows. */
function rollingReader(engine: Engine): (item: unknown, index: number) => EncodedPair[] {
  const { tokenizer, vocabSize, maxLength } = engine;
  return (item, index) => {
    const text = textOrTokens(item, `rolling[${index}]`, vocabSize);
    const tokens = typeof text === 'string' ? tokenizer.encode(text) : text;
    if (tokenizer.prefixToken === null)
      throw new RangeError('this tokenizer has no BOS or EOS token to begin a text with');
    return rollingWindows(tokens, tokenizer.prefixToken, maxLength);
  };
}

async function scoreAll(
  engine: Engine,
  items: readonly EncodedPair[][],
  signal: AbortSignal,
): Promise<TokenScores[][]> {
  const docs = items.flat().map(({ context, continuation }) => ({ context, continuations: [continuation] }));
  const scores = (await engine.scorer.score(docs, { signal })).flat();
  let next = 0;
  return items.map((pairs) => pairs.map(() => scores[next++] as TokenScores));
}

function continuationReply(scores: TokenScores): ContinuationReply {
  const logprob = scores.logprobs.reduce((sum, value) => sum + value, 0);
  const tokens = scores.logprobs.length;
  if (!Number.isFinite(logprob)) return { logprob: null, is_greedy: false, tokens, non_finite: true };
  return { logprob, is_greedy: scores.isGreedy, tokens };
}

function rollingReply(windows: readonly TokenScores[]): Omit<ContinuationReply, 'is_greedy'> {
  let logprob = 0;
  let tokens = 0;
  for (const window of windows) {
    for (const value of window.logprobs) logprob += value;
    tokens += window.logprobs.length;
  }
  return Number.isFinite(logprob) ? { logprob, tokens } : { logprob: null, tokens, non_finite: true };
}
