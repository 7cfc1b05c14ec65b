/** Our own engine's way: texts in, sums out, with the harness's splitting and truncation done by the server that has the tokenizer. */
import { z } from 'zod';
import { LibraError } from '../../domain/errors.ts';
import type { LoglikelihoodResponse } from '../../domain/request.ts';
import { readLogprob } from '../logprob.ts';
import type { WireKind } from '../wire.ts';

/** Checked by hand: a schema over thousands of small objects costs more than everything else the client does with a reply. */
interface Score {
  readonly logprob: unknown;
  readonly is_greedy?: boolean;
  readonly tokens: number;
  readonly truncated?: boolean;
}
const Reply = z.object({
  items: z.array(z.unknown()),
  rolling: z.array(z.unknown()),
  /** By item: tokens of its context. */
  prompt_tokens: z.custom<readonly number[]>(Array.isArray).optional(),
});

export const libraScore: WireKind = {
  name: 'libra-score',
  async open({ connection, model, prefixTokenId }, { scorePath }) {
    if (scorePath === null) return null;
    const ask = async (body: Record<string, unknown>, signal?: AbortSignal) => {
      const reply = Reply.safeParse(await connection.ask(scorePath, { model, ...body }, signal));
      if (reply.success) return reply.data;
      throw senseless();
    };
    return {
      name: libraScore.name,
      // A context is sent once for its continuations, but counted with each: on the wire it is about a megabyte.
      largestBatch: { items: 512, characters: 4_000_000 },
      async score(groups, signal) {
        const { items, prompt_tokens: prompts } = await ask({ items: groups }, signal);
        return groups.map(({ continuations }, at) => {
          const scores = scoresIn(items[at], continuations.length).map(readScore);
          const promptTokens = prompts?.[at];
          return promptTokens === undefined ? scores : scores.map((score) => ({ ...score, promptTokens }));
        });
      },
      async scoreRolling(texts, signal) {
        const { rolling } = await ask({ rolling: texts }, signal);
        return scoresIn(rolling, texts.length).map(({ logprob, tokens }) => ({
          logprob: readLogprob(logprob),
          tokens,
        }));
      },
      // A text of no tokens has nothing to go on from; the harness puts the same token before an empty context.
      prompts: async (contexts) =>
        contexts.map((text) => (text === '' && prefixTokenId !== null ? [prefixTokenId] : text)),
      // -1: the last max_length - max_gen_toks tokens of a context are kept, as the harness's hf backend does.
      generationFields: { return_token_ids: true, truncate_prompt_tokens: -1 },
    };
  },
};

/** @throws LibraError when it is not that many scores */
function scoresIn(list: unknown, count: number): readonly Score[] {
  if (Array.isArray(list) && list.length === count && list.every(isScore)) return list;
  throw senseless();
}

function isScore(value: unknown): value is Score {
  if (typeof value !== 'object' || value === null) return false;
  const { tokens, is_greedy = false } = value as Partial<Score>;
  return typeof tokens === 'number' && typeof is_greedy === 'boolean';
}

function readScore(score: Score): LoglikelihoodResponse {
  const logprob = readLogprob(score.logprob);
  const isGreedy = score.is_greedy === true && !Number.isNaN(logprob);
  return { logprob, isGreedy, tokens: score.tokens, ...(score.truncated === true && { isCut: true }) };
}

function senseless(): LibraError {
  return new LibraError('LIBRA_ENGINE_FAILED', "the engine's answer to /v1/score makes no sense", {
    hint: 'Is it `libra serve` of the same version?',
  });
}
