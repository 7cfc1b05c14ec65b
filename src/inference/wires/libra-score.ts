/** Our own engine's way: texts in, sums out, with the harness's splitting and truncation done by the server that has the tokenizer. */
import { z } from 'zod';
import { LibraError } from '../../domain/errors.ts';
import type { LoglikelihoodResponse } from '../../domain/request.ts';
import { readLogprob } from '../logprob.ts';
import type { WireKind } from '../wire.ts';

const Score = z.object({
  logprob: z.unknown(),
  is_greedy: z.boolean().default(false),
  tokens: z.number(),
  truncated: z.boolean().optional(),
});
const Reply = z.object({ items: z.array(z.array(Score)), rolling: z.array(Score) });

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
      async score(groups, signal) {
        const { items } = await ask({ items: groups }, signal);
        if (!groups.every((group, at) => items[at]?.length === group.continuations.length)) throw senseless();
        return items.map((scores) => scores.map(readScore));
      },
      async scoreRolling(texts, signal) {
        const { rolling } = await ask({ rolling: texts }, signal);
        if (rolling.length !== texts.length) throw senseless();
        return rolling.map(({ logprob, tokens }) => ({ logprob: readLogprob(logprob), tokens }));
      },
      // A text of no tokens has nothing to go on from; the harness puts the same token before an empty context.
      prompts: async (contexts) =>
        contexts.map((text) => (text === '' && prefixTokenId !== null ? [prefixTokenId] : text)),
      // -1: the last max_length - max_gen_toks tokens of a context are kept, as the harness's hf backend does.
      generationFields: { return_token_ids: true, truncate_prompt_tokens: -1 },
    };
  },
};

function readScore(score: z.infer<typeof Score>): LoglikelihoodResponse {
  const logprob = readLogprob(score.logprob);
  const isGreedy = score.is_greedy && !Number.isNaN(logprob);
  return { logprob, isGreedy, tokens: score.tokens, ...(score.truncated && { isCut: true }) };
}

function senseless(): LibraError {
  return new LibraError('LIBRA_ENGINE_FAILED', "the engine's answer to /v1/score makes no sense", {
    hint: 'Is it `libra serve` of the same version?',
  });
}
