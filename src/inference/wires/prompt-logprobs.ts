/** vLLM's way: token ids in, `prompt_logprobs` out. Exact, because we decide every token that is sent. */
import { z } from 'zod';
import type { LoglikelihoodResponse } from '../../domain/request.ts';
import { errorText, HttpError } from '../../system/http.ts';
import { type CompletionChoice, readCompletions } from '../completions-reply.ts';
import { moveTrailingSpace, readLogprob, rollingWindows, type ScoredTokens } from '../logprob.ts';
import { frameContinued, frameScored } from '../text-frame.ts';
import { openTokenServer, type TokenServer } from '../token-server.ts';
import type { Wire, WireContext, WireKind } from '../wire.ts';

const NOTHING: LoglikelihoodResponse = { logprob: 0, isGreedy: true, tokens: 0 };
const UNANSWERED: LoglikelihoodResponse = { logprob: Number.NaN, isGreedy: false, tokens: 0 };

export const promptLogprobs: WireKind = {
  name: 'prompt-logprobs',
  async open(context, { signal }) {
    const tokens = await openTokenServer(context, signal);
    if (tokens === null) return null;
    const wire = createWire(context, tokens);
    const ids = await tokens.encode('The quick brown fox', signal);
    if (ids.length < 2) return wire;
    const [answer] = await askFor(context, [{ tokens: ids, scored: 1 }], signal).catch((error) => {
      if (error instanceof HttpError && error.failure === 'status') return [null];
      throw error;
    });
    return answer ? wire : null;
  },
};

function createWire(context: WireContext, server: TokenServer): Wire {
  const { maxLength, prefixTokenId, frame } = context;
  /** One token is always generated, so one place must stay free. */
  const longest = maxLength === null ? Number.POSITIVE_INFINITY : maxLength - 1;

  async function encodePair(text: string, next: string, signal?: AbortSignal): Promise<ScoredTokens> {
    const pair = moveTrailingSpace(text, next);
    if (pair.context === '') {
      const own = await server.encode(pair.continuation, signal);
      const tokens = prefixTokenId === null || own[0] === prefixTokenId ? own : [prefixTokenId, ...own];
      return { tokens, scored: Math.max(0, tokens.length - 1) };
    }
    const encode = async (part: string) => frameScored(frame, part, await server.encode(part, signal));
    const [before, whole] = await Promise.all([encode(pair.context), encode(pair.context + pair.continuation)]);
    const scored = Math.max(0, whole.length - before.length);
    return { tokens: whole.slice(-longest), scored: Math.min(scored, longest - 1), isCut: whole.length > longest };
  }

  async function answer(items: readonly ScoredTokens[], signal?: AbortSignal): Promise<LoglikelihoodResponse[]> {
    const asked = items.filter((item) => item.scored > 0);
    const answers = asked.length === 0 ? [] : await askFor(context, asked, signal);
    let next = 0;
    return items.map((item) => {
      const own = item.scored > 0 ? (answers[next++] ?? UNANSWERED) : NOTHING;
      const promptTokens = item.tokens.length - item.scored;
      return { ...own, promptTokens, ...(item.isCut && { isCut: true }) };
    });
  }

  return {
    name: promptLogprobs.name,
    async score(groups, signal) {
      const pairs = groups.flatMap((group) =>
        group.continuations.map((next) => encodePair(group.context, next, signal)),
      );
      const answers = await answer(await Promise.all(pairs), signal);
      let next = 0;
      return groups.map((group) => group.continuations.map(() => answers[next++] ?? UNANSWERED));
    },
    async scoreRolling(texts, signal) {
      const windows = await Promise.all(
        texts.map(async (text) => {
          const tokens = frameScored(frame, text, await server.encode(text, signal));
          // A text whose first token has nothing before it can't be scored from its start: that token is left out.
          if (prefixTokenId === null) return rollingWindows(tokens.slice(1), tokens[0] ?? 0, longest - 1);
          return rollingWindows(tokens, prefixTokenId, longest - 1);
        }),
      );
      const answers = await answer(windows.flat(), signal);
      let next = 0;
      return windows.map((own) => {
        const parts = own.map(() => answers[next++] ?? UNANSWERED);
        const sum = (pick: (part: LoglikelihoodResponse) => number) =>
          parts.reduce((total, part) => total + pick(part), 0);
        return { logprob: sum((part) => part.logprob), tokens: sum((part) => part.tokens) };
      });
    },
    async prompts(contexts, maxNew, signal) {
      const room = maxLength === null ? Number.POSITIVE_INFINITY : Math.max(1, maxLength - maxNew);
      const encoded = await Promise.all(
        contexts.map(async (text) => frameContinued(frame, text, await server.encode(text, signal))),
      );
      return encoded.map((tokens) => {
        if (tokens.length === 0 && prefixTokenId !== null) return [prefixTokenId];
        return tokens.slice(-room);
      });
    },
    // Some checkpoints bring sampling defaults of their own (generation_config.json); greedy must mean greedy.
    generationFields: { repetition_penalty: 1, return_token_ids: true },
  };
}

/** Null for an item whose log-probabilities are not there at all; NaN where they are there and no numbers. */
async function askFor(
  context: WireContext,
  items: readonly ScoredTokens[],
  signal?: AbortSignal,
): Promise<(LoglikelihoodResponse | null)[]> {
  const prompt = items.map((item) => item.tokens);
  const body = { model: context.model, prompt, max_tokens: 1, temperature: 0, prompt_logprobs: 1 };
  try {
    const { choices } = readCompletions(await context.connection.ask('/v1/completions', body, signal), items.length);
    return choices.map((choice, index) => readItem(choice, items[index]!));
  } catch (error) {
    if (!isNonFiniteReply(error)) throw error;
    // One NaN spoils the whole answer: halve until it stands alone.
    if (items.length === 1) return [{ ...UNANSWERED, tokens: items[0]!.scored }];
    const half = items.length >> 1;
    return [
      ...(await askFor(context, items.slice(0, half), signal)),
      ...(await askFor(context, items.slice(half), signal)),
    ];
  }
}

const Entry = z.record(z.string(), z.object({ logprob: z.unknown(), rank: z.number().nullish() }));

function readItem(choice: CompletionChoice, { tokens, scored }: ScoredTokens): LoglikelihoodResponse | null {
  const entries = choice.prompt_logprobs;
  if (entries?.length !== tokens.length) return null;
  let logprob = 0;
  let isGreedy = true;
  for (let at = tokens.length - scored; at < tokens.length; at++) {
    const entry = Entry.safeParse(entries[at]).data;
    const own = entry?.[String(tokens[at])];
    if (entry === undefined || own === undefined) return null;
    const value = readLogprob(own.logprob);
    logprob += value;
    const best = Math.max(...Object.values(entry).map((other) => readLogprob(other.logprob)));
    isGreedy &&= own.rank == null ? value >= best : own.rank === 1;
  }
  return { logprob, isGreedy: isGreedy && !Number.isNaN(logprob), tokens: scored };
}

function isNonFiniteReply(error: unknown): boolean {
  return (
    error instanceof HttpError &&
    /Out of range float values|not JSON compliant/i.test(errorText(error.reply?.text ?? ''))
  );
}
