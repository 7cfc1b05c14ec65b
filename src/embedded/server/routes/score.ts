/**
 * /v1/score, this engine's own extension: log-probabilities of many continuations in one request, tokenised and cut by
 * lm-evaluation-harness's rules here, so that a client sends texts and gets one number a choice.
 */
import type { TokenScores } from '../../scorer.ts';
import type { EncodedPair } from '../../text/encode-pair.ts';
import { listIn } from '../fields.ts';
import type { Route, Served } from '../route.ts';
import { itemReader, rollingReader } from '../score-items.ts';
import { requireModel } from './models.ts';

const MOST_ITEMS = 100_000;

interface ContinuationReply {
  /** Sum over the continuation, nats; null when the model gave a value that is not finite. */
  readonly logprob: number | null;
  /** Every token was the most probable one. */
  readonly is_greedy: boolean;
  readonly tokens: number;
  readonly non_finite?: true;
  /** The beginning of its context was cut: context and continuation together were longer than the model reads. */
  readonly truncated?: true;
}

/** The reply's `prompt_tokens` are those of each item's context; its `truncated` counts items of which anything was cut. A text that is rolled over is read whole, in windows. */
export const scoreRoute: Route = {
  method: 'POST',
  path: '/v1/score',
  answer: async ({ served, body, signal }) => {
    requireModel(body, served);
    const items = listIn(body, 'items', MOST_ITEMS).map(itemReader(served.engine));
    const texts = listIn(body, 'rolling', MOST_ITEMS).map(rollingReader(served.engine));
    const [scored, rolled] = await Promise.all([scoreAll(served, items, signal), scoreAll(served, texts, signal)]);
    const replies = scored.map((continuations, item) =>
      continuations.map((scores, at) => ({
        ...continuationReply(scores),
        ...(items[item]?.[at]?.isCut && { truncated: true as const }),
      })),
    );
    return {
      json: {
        object: 'libra.score',
        model: served.name,
        items: replies satisfies ContinuationReply[][],
        rolling: rolled.map((windows) => rollingReply(windows)),
        prompt_tokens: items.map((pairs) => pairs[0]?.context.length ?? 0),
        truncated: replies.filter((continuations) => continuations.some(({ truncated }) => truncated)).length,
      },
    };
  },
};

async function scoreAll(
  { work }: Served,
  items: readonly (readonly EncodedPair[])[],
  signal: AbortSignal,
): Promise<TokenScores[][]> {
  const docs = items.flat().map(({ context, continuation }) => ({ context, continuations: [continuation] }));
  const scores = (await work.score(docs, { signal })).flat();
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
