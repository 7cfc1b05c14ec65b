/** The legacy OpenAI way: text in, `echo` with `logprobs` out. The server tokenises, so the border is found by text offsets. */
import type { LoglikelihoodResponse } from '../../domain/request.ts';
import { errorText, HttpError } from '../../system/http.ts';
import { type CompletionChoice, readCompletions } from '../completions-reply.ts';
import { moveTrailingSpace, readLogprob } from '../logprob.ts';
import type { Wire, WireContext, WireKind } from '../wire.ts';

/** Tokens of an echoed text. */
interface EchoedTokens {
  readonly logprobs: readonly number[];
  readonly isArgMax: readonly boolean[];
  /** Where each token begins in the text, code points. */
  readonly offsets: readonly number[];
  /** The server would not take this text at all: it is too long for the model. */
  readonly isRefused?: true;
}

const REFUSED: EchoedTokens = { logprobs: [], isArgMax: [], offsets: [], isRefused: true };

export const echoLogprobs: WireKind = {
  name: 'echo-logprobs',
  async open(context, { signal }) {
    // 0 new tokens is the honest request; servers that refuse it get 1, whose token is dropped again.
    for (const maxTokens of [0, 1]) {
      try {
        const [probe] = await echo(context, ['The quick brown fox'], maxTokens, signal);
        // A refusal for a NaN is an answer too: the weights give no numbers, which every question will show.
        if (probe?.isRefused || probe?.logprobs.slice(1).some(Number.isFinite)) return createWire(context, maxTokens);
      } catch (error) {
        if (!(error instanceof HttpError) || error.failure !== 'status') throw error;
      }
    }
    return null;
  },
};

function createWire(context: WireContext, maxTokens: number): Wire {
  const ask = (texts: readonly string[], signal?: AbortSignal) => echo(context, texts, maxTokens, signal);

  /**
   * How many tokens each context has alone: the harness's border. Asked only where offsets can't tell, that is where a token lies
   * across the border, or where characters of several bytes may have been cut into several tokens.
   */
  async function countAlone(contexts: readonly string[], signal?: AbortSignal): Promise<Map<string, number>> {
    const unique = [...new Set(contexts)];
    const echoed = unique.length === 0 ? [] : await ask(unique, signal);
    return new Map(unique.map((text, index) => [text, echoed[index]?.logprobs.length ?? 0]));
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
      const borders = pairs.map(({ context: before }, index) => borderByOffset(before, echoed[index]!.offsets));
      const unclear = pairs.filter((_pair, index) => borders[index] === null);
      const alone = await countAlone(
        unclear.map((pair) => pair.context),
        signal,
      );
      const answers = pairs.map((pair, index) =>
        sumFrom(echoed[index]!, borders[index] ?? alone.get(pair.context) ?? 0),
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
  { connection, model }: Pick<WireContext, 'connection' | 'model'>,
  texts: readonly string[],
  maxTokens: number,
  signal?: AbortSignal,
): Promise<EchoedTokens[]> {
  const body = { model, prompt: texts, echo: true, logprobs: 1, max_tokens: maxTokens, temperature: 0 };
  try {
    const { choices } = readCompletions(await connection.ask('/v1/completions', body, signal), texts.length);
    return choices.map((choice) => readEcho(choice, maxTokens));
  } catch (error) {
    if (!spoilsOthers(error)) throw error;
    // One text that cannot be answered fails the whole request: halve until it stands alone.
    if (texts.length === 1) return [REFUSED];
    const half = texts.length >> 1;
    const context = { connection, model };
    return [
      ...(await echo(context, texts.slice(0, half), maxTokens, signal)),
      ...(await echo(context, texts.slice(half), maxTokens, signal)),
    ];
  }
}

/** Too long for the model (only the server can count its tokens), or a NaN, which is no JSON. */
function spoilsOthers(error: unknown): boolean {
  if (!(error instanceof HttpError)) return false;
  return /maximum context length|Out of range float values|not JSON compliant/i.test(
    errorText(error.reply?.text ?? ''),
  );
}

/** What was generated stands behind the text, as many tokens as were asked for. */
function readEcho({ logprobs: given }: CompletionChoice, generated: number): EchoedTokens {
  const count = Math.max(0, (given?.tokens.length ?? 0) - generated);
  const logprobs = (given?.token_logprobs ?? []).slice(0, count).map(readLogprob);
  const isArgMax = logprobs.map((value, at) => {
    const top = Object.values(given?.top_logprobs?.[at] ?? {}).map(readLogprob);
    return top.length > 0 && value >= Math.max(...top);
  });
  const offsets = given?.text_offset ?? lengthsToOffsets(given?.tokens ?? []);
  return { logprobs, isArgMax, offsets: offsets.slice(0, count) };
}

/** Index of the first token behind the context; null where offsets can't tell. */
function borderByOffset(before: string, offsets: readonly number[]): number | null {
  if (before === '') return 0;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is what is meant
  const at = /^[\x00-\x7f]*$/.test(before) ? offsets.indexOf(before.length) : -1;
  return at < 0 ? null : at;
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
  if (tokens.isRefused) return { logprob: Number.NaN, isGreedy: false, tokens: 0 };
  const own = tokens.logprobs.slice(start);
  const logprob = own.reduce((sum, value) => sum + value, 0);
  const isGreedy = !Number.isNaN(logprob) && tokens.isArgMax.slice(start).every(Boolean);
  return { logprob, isGreedy, tokens: own.length, promptTokens: start };
}
