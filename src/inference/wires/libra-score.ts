/** Our own engine's way: texts in, sums out, with the harness's splitting and truncation done by the server that has the tokenizer. */
import { z } from 'zod';
import { LibraError } from '../../domain/errors.ts';
import { readLogprob } from '../logprob.ts';
import type { WireKind } from '../wire.ts';

const Score = z.object({ logprob: z.unknown(), is_greedy: z.boolean().nullish(), tokens: z.number() });
const Reply = z.object({ data: z.array(z.array(Score)) });

export const libraScore: WireKind = {
  name: 'libra-score',
  async open({ connection, model }, { advertisesScore }) {
    if (!advertisesScore) return null;
    const ask = async (body: Record<string, unknown>, expected: readonly number[], signal?: AbortSignal) => {
      const reply = Reply.safeParse(await connection.ask('/v1/score', { model, ...body }, signal));
      const fits =
        reply.data?.data.length === expected.length && reply.data.data.every((one, at) => one.length === expected[at]);
      if (reply.success && fits) {
        return reply.data.data.map((one) =>
          one.map((score) => {
            const logprob = readLogprob(score.logprob);
            return { logprob, isGreedy: score.is_greedy === true && !Number.isNaN(logprob), tokens: score.tokens };
          }),
        );
      }
      throw new LibraError('LIBRA_ENGINE_FAILED', 'the answer of the engine to /v1/score makes no sense', {
        hint: 'Is it `libra serve` of the same version?',
      });
    };
    return {
      name: libraScore.name,
      score: (groups, signal) =>
        ask(
          { items: groups },
          groups.map((group) => group.continuations.length),
          signal,
        ),
      async scoreRolling(texts, signal) {
        const items = texts.map((text) => ({ context: '', continuations: [text] }));
        const answers = await ask(
          { items, rolling: true },
          texts.map(() => 1),
          signal,
        );
        return answers.map(([one]) => ({ logprob: one!.logprob, tokens: one!.tokens }));
      },
      prompts: async (contexts) => [...contexts],
      generationFields: { return_token_ids: true },
    };
  },
};
