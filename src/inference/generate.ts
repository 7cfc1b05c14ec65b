/** Generations over `POST /v1/completions`: several prompts a request, output cut before the first stop string. */
import type { GenerateUntilRequest, GenerateUntilResponse, ResponseTiming } from '../domain/request.ts';
import { errorText, HttpError } from '../system/http.ts';
import { type CompletionsReply, readCompletions } from './completions-reply.ts';
import type { EngineConnection } from './engine-connection.ts';

/** OpenAI's limit of `stop`; the others are cut on our side. */
const STOPS_SENT = 4;

export interface GenerationSetting {
  readonly connection: EngineConnection;
  readonly model: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A generation, and what the engine told of its time. */
export type Generated = GenerateUntilResponse & { readonly told?: Omit<ResponseTiming, 'sentAt'> };

/** Requests that may go together: everything but the context and the seed is the same. */
export function settingOf(request: GenerateUntilRequest): string {
  const { until, maxGenToks, temperature, topP } = request;
  return JSON.stringify([until, maxGenToks, temperature, topP]);
}

/**
 * A call to a server has one seed, so those of different seeds are calls of their own, all at once: the server decodes them together.
 * @param requests all of one setting
 */
export async function generateBySeed(
  setting: GenerationSetting,
  requests: readonly GenerateUntilRequest[],
  prompts: readonly (string | readonly number[])[],
  signal?: AbortSignal,
): Promise<Generated[]> {
  const places = new Map<number | undefined, number[]>();
  requests.forEach(({ seed }, at) => {
    const own = places.get(seed);
    if (own === undefined) places.set(seed, [at]);
    else own.push(at);
  });
  const responses: Generated[] = [];
  const calls = [...places.values()].map(async (own) => {
    const pick = <T>(list: readonly T[]) => own.map((at) => list[at]!);
    const answers = await generate(setting, pick(requests), pick(prompts), signal);
    own.forEach((at, index) => {
      responses[at] = answers[index]!;
    });
  });
  await Promise.all(calls);
  return responses;
}

/** Share of a text that is kept, its end, each time a server finds it too long. */
const KEPT = 0.8;

/**
 * Texts longer than the model are cut on the left, as the harness does with token ids; where only the server can count them, by trial.
 * @param requests all of one setting
 */
export async function generate(
  setting: GenerationSetting,
  requests: readonly GenerateUntilRequest[],
  prompts: readonly (string | readonly number[])[],
  signal?: AbortSignal,
): Promise<Generated[]> {
  try {
    return await generateOnce(setting, requests, prompts, signal);
  } catch (error) {
    if (!isTooLong(error)) throw error;
    if (requests.length > 1) {
      const half = requests.length >> 1;
      return [
        ...(await generate(setting, requests.slice(0, half), prompts.slice(0, half), signal)),
        ...(await generate(setting, requests.slice(half), prompts.slice(half), signal)),
      ];
    }
    const [prompt] = prompts;
    if (typeof prompt !== 'string' || prompt.length < 2) throw error;
    return generate(setting, requests, [endOf(prompt)], signal);
  }
}

/** Never in the middle of a character. */
function endOf(text: string): string {
  const characters = [...text];
  return characters.slice(Math.ceil(characters.length * (1 - KEPT))).join('');
}

function isTooLong(error: unknown): boolean {
  return (
    error instanceof HttpError &&
    error.reply?.status === 400 &&
    /maximum context length|context (?:length|size) exceeded|exceeds? the (?:available )?context/i.test(
      errorText(error.reply.text),
    )
  );
}

async function generateOnce(
  { connection, model, fields }: GenerationSetting,
  requests: readonly GenerateUntilRequest[],
  prompts: readonly (string | readonly number[])[],
  signal?: AbortSignal,
): Promise<Generated[]> {
  const [first] = requests;
  if (first === undefined) return [];
  const stop = first.until.filter((text) => text !== '');
  const body = {
    model,
    prompt: prompts,
    max_tokens: first.maxGenToks,
    temperature: first.temperature,
    top_p: first.topP ?? 1,
    ...(first.seed !== undefined && { seed: first.seed }),
    ...(stop.length > 0 && { stop: stop.slice(0, STOPS_SENT) }),
    ...fields,
  };
  const reply = readCompletions(await connection.ask('/v1/completions', body, signal), requests.length);
  return reply.choices.map((choice, index) => {
    const cut = cutAtFirst(choice.text, stop);
    const isStopped = cut.length < choice.text.length || choice.finish_reason !== 'length';
    const finishReason = isStopped ? 'stop' : 'length';
    const promptTokens = choice.prompt_token_ids?.length ?? idsIn(prompts[index]);
    return {
      text: cut,
      tokens: tokensOf(reply, index),
      finishReason,
      ...(choice.truncated && { isCut: true }),
      ...(promptTokens !== undefined && { promptTokens }),
      ...(choice.timing && {
        told: { seconds: choice.timing.seconds, firstTokenSeconds: choice.timing.first_token_seconds },
      }),
    };
  });
}

/** The text before whichever stop string comes first. */
export function cutAtFirst(text: string, stops: readonly string[]): string {
  const found = stops.map((stop) => text.indexOf(stop)).filter((at) => at >= 0);
  return found.length === 0 ? text : text.slice(0, Math.min(...found));
}

/** Of a prompt that was sent as tokens. */
function idsIn(prompt: string | readonly number[] | undefined): number | undefined {
  return typeof prompt === 'string' ? undefined : prompt?.length;
}

/** As told for each choice; else this choice's share of the request's total by length (only ever shown as a throughput). */
function tokensOf(reply: CompletionsReply, index: number): number {
  const own = reply.choices[index]?.token_ids?.length;
  if (own !== undefined) return own;
  const total = reply.completionTokens ?? 0;
  const characters = reply.choices.reduce((sum, choice) => sum + choice.text.length, 0);
  if (characters === 0) return Math.round(total / reply.choices.length);
  return Math.round((total * (reply.choices[index]?.text.length ?? 0)) / characters);
}
