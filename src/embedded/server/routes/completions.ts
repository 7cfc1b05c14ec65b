/** /v1/completions: OpenAI's, with vLLM's token-id prompts, `prompt_logprobs`, `return_token_ids` and `truncate_prompt_tokens`. */
import { randomUUID } from 'node:crypto';
import { systemClock } from '../../../system/clock.ts';
import type { TokenScores } from '../../scorer.ts';
import { badRequest } from '../api-error.ts';
import { asTheyCome } from '../as-they-come.ts';
import { type CompletionRequest, type Prompt, readCompletion } from '../completion-request.ts';
import { flagIn } from '../fields.ts';
import { copiesOf, finishOf, type Generated, type GenerationOrder, generateAll, usageOf } from '../generation.ts';
import {
  openaiLogprobs,
  type PlaceLogprobs,
  placesOfPrompt,
  scorePrompts,
  textOfToken,
  vllmPromptLogprobs,
} from '../prompt-scores.ts';
import type { Route, RouteCall, Served } from '../route.ts';
import { requireModel } from './models.ts';

export const completionsRoute: Route = {
  method: 'POST',
  path: '/v1/completions',
  answer: async ({ served, body, signal }) => {
    requireModel(body, served);
    const request = readCompletion(body, served);
    const head = {
      id: `cmpl-${randomUUID()}`,
      object: 'text_completion',
      created: Math.floor(systemClock.now() / 1000),
      model: served.name,
    };
    if (flagIn(body, 'stream', false)) return { events: streamed({ served, signal }, request, head) };
    return { json: { ...head, ...(await answered({ served, signal }, request)) } };
  },
};

type Call = Pick<RouteCall, 'served' | 'signal'>;

/** How many best tokens are named at each place of a prompt. */
function widthOf({ promptLogprobs, logprobs }: CompletionRequest): number {
  return Math.max(promptLogprobs ?? 0, logprobs ?? 0);
}

/** Scores of each prompt's own tokens; null when nothing asks for them. */
async function scoresOf({ served, signal }: Call, request: CompletionRequest): Promise<TokenScores[] | null> {
  const { prompts, promptLogprobs, echo, logprobs } = request;
  if (promptLogprobs === null && !(echo && logprobs !== null)) return null;
  const tokens = prompts.map((prompt) => prompt.tokens);
  return scorePrompts(served.work, tokens, { top: widthOf(request), wantRanks: promptLogprobs !== null, signal });
}

/** `n` orders a prompt. */
function ordersOf({ prompts, n, maxTokens, fields }: CompletionRequest): GenerationOrder[] {
  return prompts.flatMap(({ tokens }) => copiesOf({ prompt: tokens, maxTokens, fields }, n));
}

/** The whole reply at once. */
async function answered(call: Call, request: CompletionRequest) {
  const [scores, texts] = await Promise.all([
    scoresOf(call, request),
    generateAll(call.served, ordersOf(request), call.signal),
  ]);
  const choices = texts.map((generated, index) => {
    const at = Math.floor(index / request.n);
    const prompt = request.prompts[at] as Prompt;
    return { index, ...choiceOf(call.served, request, { prompt, score: scores?.[at] ?? null, generated }) };
  });
  const truncated = request.prompts.filter(({ isCut }) => isCut).length;
  return { choices, usage: usedBy(request, texts), ...(truncated > 0 && { truncated }) };
}

function usedBy({ prompts }: CompletionRequest, texts: readonly Generated[]) {
  const promptTokens = prompts.reduce((sum, { tokens }) => sum + tokens.length, 0);
  return usageOf(promptTokens, texts);
}

interface Answered {
  readonly prompt: Prompt;
  readonly score: TokenScores | null;
  readonly generated: Generated;
}

function choiceOf(served: Served, request: CompletionRequest, { prompt, score, generated }: Answered) {
  const { engine } = served;
  const echoed = request.echo && score !== null ? placesOfPrompt(prompt.tokens, score, widthOf(request)) : [];
  const isBroken = score?.logprobs.some((value) => !Number.isFinite(value)) ?? false;
  return {
    text: (request.echo ? engine.tokenizer.decode(prompt.tokens) : '') + generated.text,
    logprobs: logprobsOf(served, request, [...echoed, ...generated.tokens], 0),
    ...finishOf(generated.reason),
    ...(isBroken && { non_finite: true }),
    ...(prompt.isCut && { truncated: true }),
    ...(request.promptLogprobs !== null &&
      score !== null && {
        prompt_logprobs: vllmPromptLogprobs(engine, prompt.tokens, score, request.promptLogprobs, widthOf(request)),
      }),
    ...(request.returnIds && {
      prompt_token_ids: prompt.tokens,
      token_ids: generated.tokens.map(({ id }) => id),
      timing: { first_token_seconds: generated.firstTokenSeconds, seconds: generated.seconds },
    }),
  };
}

/** Null when not asked for. @param offset where the first of the places begins in the text of the choice */
function logprobsOf(
  { engine }: Served,
  { logprobs, tokensAsIds }: CompletionRequest,
  places: readonly PlaceLogprobs[],
  offset: number,
) {
  if (logprobs === null) return null;
  const named = places.map((place) => ({ ...place, top: place.top.slice(0, logprobs) }));
  return openaiLogprobs(engine, named, { asIds: tokensAsIds, offset });
}

/** Pieces of text as they come, all prompts at once, each with its index. */
function streamed(call: Call, request: CompletionRequest, head: object) {
  const { served } = call;
  const { engine } = served;
  if (request.promptLogprobs !== null) {
    throw badRequest(
      'prompt_logprobs cannot be streamed; leave out stream',
      'prompt_logprobs',
      'unsupported_parameter',
    );
  }
  return asTheyCome<object>(async (emit) => {
    const scores = await scoresOf(call, request);
    const usage = request.includeUsage ? { usage: null } : {};
    const send = (choice: object) => emit({ ...head, choices: [choice], ...usage });
    const orders = ordersOf(request).map((order, index): GenerationOrder => {
      const at = Math.floor(index / request.n);
      const prompt = request.prompts[at] as Prompt;
      let offset = 0;
      const piece = (text: string, places: readonly PlaceLogprobs[], end: object = { finish_reason: null }) => {
        send({ index, text, logprobs: logprobsOf(served, request, places, offset), ...end });
        offset += places.reduce((sum, { id }) => sum + textOfToken(engine, id).length, 0);
      };
      if (request.echo) {
        const score = scores?.[at];
        const places = score === undefined ? [] : placesOfPrompt(prompt.tokens, score, widthOf(request));
        piece(engine.tokenizer.decode(prompt.tokens), places);
      }
      return {
        ...order,
        onPiece: piece,
        onEnd: ({ reason }) => piece('', [], { ...finishOf(reason), ...(prompt.isCut && { truncated: true }) }),
      };
    });
    const texts = await generateAll(served, orders, call.signal);
    if (request.includeUsage) emit({ ...head, choices: [], usage: usedBy(request, texts) });
  });
}
