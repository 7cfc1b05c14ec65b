/** The legacy OpenAI way: text in, `echo` with `logprobs` out. The server tokenises, so the border is found by text offsets. */
import type { LoglikelihoodResponse } from '../../domain/request.ts';
import { HttpError } from '../../system/http.ts';
import { type CompletionChoice, readCompletions } from '../completions-reply.ts';
import { moveTrailingSpace, readLogprob } from '../logprob.ts';
import type { Wire, WireContext, WireKind } from '../wire.ts';

/** Tokens of an echoed text. */
interface EchoedTokens {
  readonly logprobs: readonly number[];
  readonly isArgMax: readonly boolean[];
  /** Where each token begins in the text, code points. */
  readonly offsets: readonly number[];
}

export const echoLogprobs: WireKind = {
  name: 'echo-logprobs',
  async open(context, { signal }) {
    // 0 new tokens is the honest request; servers that refuse it get 1, whose token is dropped again.
    for (const maxTokens of [0, 1]) {
      try {
        const [probe] = await echo(context, ['The quick brown fox'], maxTokens, signal);
        if (probe?.logprobs.slice(1).some(Number.isFinite)) return createWire(context, maxTokens);
      } catch (error) {
        if (!(error instanceof HttpError) || error.failure !== 'status') throw error;
      }
    }
    return null;
  },
};

function createWire(context: WireContext, maxTokens: number): Wire {
  const ask = (texts: readonly string[], signal?: AbortSignal) => echo(context, texts, maxTokens, signal);

  /** A token that lies across the border: the harness counts the context's own tokens instead. */
  async function firstOfContinuation(tokens: EchoedTokens, before: string, signal?: AbortSignal): Promise<number> {
    const at = tokens.offsets.indexOf(lengthOf(before));
    if (at >= 0 || before === '') return Math.max(0, at);
    const [alone] = await ask([before], signal);
    return alone?.offsets.length ?? 0;
  }

  return {
    name: echoLogprobs.name,
    async score(groups, signal) {
      const pairs = groups.flatMap((group) =>
        group.continuations.map((next) => moveTrailingSpace(group.context, next)),
      );
      const echoed = await ask(
        pairs.map((pair) => pair.context + pair.continuation),
        signal,
      );
      const answers = await Promise.all(
        pairs.map(async (pair, index) => {
          const tokens = echoed[index]!;
          return sumFrom(tokens, await firstOfContinuation(tokens, pair.context, signal));
        }),
      );
      let next = 0;
      return groups.map((group) => group.continuations.map(() => answers[next++]!));
    },
    async scoreRolling(texts, signal) {
      const echoed = await ask(texts, signal);
      // The first token has a value only where the server put a BOS before it.
      return echoed.map((tokens) => {
        const start = tokens.logprobs.findIndex(Number.isFinite);
        const { logprob, tokens: count } = sumFrom(tokens, start < 0 ? 0 : Math.min(start, 1));
        return { logprob, tokens: count };
      });
    },
    prompts: async (contexts) => [...contexts],
    generationFields: {},
  };
}

async function echo(
  { connection, model }: WireContext,
  texts: readonly string[],
  maxTokens: number,
  signal?: AbortSignal,
): Promise<EchoedTokens[]> {
  const body = { model, prompt: texts, echo: true, logprobs: 1, max_tokens: maxTokens, temperature: 0 };
  const { choices } = readCompletions(await connection.ask('/v1/completions', body, signal), texts.length);
  return choices.map((choice, index) => readEcho(choice, lengthOf(texts[index]!)));
}

function readEcho(choice: CompletionChoice, length: number): EchoedTokens {
  const given = choice.logprobs;
  const offsets = given?.text_offset ?? lengthsToOffsets(given?.tokens ?? []);
  // What was generated stands behind the text.
  const end = offsets.findIndex((offset) => offset >= length);
  const count = end < 0 ? offsets.length : end;
  const logprobs = (given?.token_logprobs ?? []).slice(0, count).map(readLogprob);
  const isArgMax = logprobs.map((value, at) => {
    const top = Object.values(given?.top_logprobs?.[at] ?? {}).map(readLogprob);
    return top.length > 0 && value >= Math.max(...top);
  });
  return { logprobs, isArgMax, offsets: offsets.slice(0, count) };
}

function lengthsToOffsets(tokens: readonly string[]): number[] {
  let at = 0;
  return tokens.map((token) => {
    const start = at;
    at += lengthOf(token);
    return start;
  });
}

/** In code points, as Python counts. */
function lengthOf(text: string): number {
  return [...text].length;
}

function sumFrom(tokens: EchoedTokens, start: number): LoglikelihoodResponse {
  const own = tokens.logprobs.slice(start);
  const logprob = own.reduce((sum, value) => sum + value, 0);
  const isGreedy = !Number.isNaN(logprob) && tokens.isArgMax.slice(start).every(Boolean);
  return { logprob, isGreedy, tokens: own.length };
}
