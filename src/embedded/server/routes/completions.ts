/** /v1/completions: OpenAI's, with vLLM's token-id prompts, `prompt_logprobs`, `return_token_ids` and `truncate_prompt_tokens`. */
import { randomUUID } from 'node:crypto';
import type { Engine } from '../../engine.ts';
import type { TokenScores } from '../../scorer.ts';
import { badRequest } from '../api-error.ts';
import { type Body, flagIn, integerIn, promptsIn } from '../fields.ts';
import {
  asTheyCome,
  finishOf,
  type Generated,
  type GenerationFields,
  generate,
  generationFields,
  requireRoom,
} from '../generation.ts';
import { openaiLogprobs, placesOfPrompt, scorePrompts, vllmPromptLogprobs } from '../prompt-scores.ts';
import type { Route, RouteCall } from '../route.ts';
import { requireModel } from './models.ts';

/** As vLLM's default for --max-logprobs. */
const MOST_LOGPROBS = 20;
const MOST_CHOICES = 128;

interface CompletionRequest {
  readonly prompts: readonly (readonly number[])[];
  readonly maxTokens: number;
  readonly n: number;
  readonly echo: boolean;
  /** Null when not asked for. */
  readonly logprobs: number | null;
  readonly promptLogprobs: number | null;
  readonly returnIds: boolean;
  readonly tokensAsIds: boolean;
  readonly fields: GenerationFields;
}

export const completionsRoute: Route = {
  method: 'POST',
  path: '/v1/completions',
  answer: async (call) => {
    requireModel(call.body, call.served);
    const request = readRequest(call.body, call.served.engine);
    const head = {
      id: `cmpl-${randomUUID()}`,
      object: 'text_completion',
      created: call.served.startedAt,
      model: call.served.name,
    };
    if (flagIn(call.body, 'stream', false)) return { events: streamed(call, request, head) };
    return { json: { ...head, ...(await answered(call, request)) } };
  },
};

function readRequest(body: Body, engine: Engine): CompletionRequest {
  const count = { min: 0, max: MOST_LOGPROBS };
  const logprobs = integerIn(body, 'logprobs', count, null);
  const request = {
    maxTokens: integerIn(body, 'max_tokens', { min: 0, max: 1e9 }, 16),
    n: integerIn(body, 'n', { min: 1, max: MOST_CHOICES }, 1),
    echo: flagIn(body, 'echo', false),
    logprobs,
    promptLogprobs: integerIn(body, 'prompt_logprobs', count, null),
    returnIds: flagIn(body, 'return_token_ids', false),
    tokensAsIds: flagIn(body, 'return_tokens_as_token_ids', false),
    fields: generationFields(body, logprobs ?? 0),
  };
  if (request.maxTokens === 0 && !request.echo && request.promptLogprobs === null) {
    throw badRequest('max_tokens must be at least 1 unless echo or prompt_logprobs is asked for');
  }
  const prompts = readPrompts(body, engine);
  for (const prompt of prompts) requireRoom(engine, prompt, request.maxTokens);
  return { ...request, prompts };
}

function readPrompts(body: Body, engine: Engine): (readonly number[])[] {
  const addSpecialTokens = flagIn(body, 'add_special_tokens', true);
  const keep = integerIn(body, 'truncate_prompt_tokens', { min: -1, max: 1e9 }, null);
  const most = keep === -1 ? engine.maxLength : keep;
  return promptsIn(body, 'prompt', engine.vocabSize).map((prompt) => {
    if (typeof prompt !== 'string') return most === null ? prompt : prompt.slice(-most);
    const tokens = addSpecialTokens
      ? engine.tokenizer.encodeWithSpecialTokens(prompt)
      : engine.tokenizer.encode(prompt);
    return most === null ? tokens : tokens.slice(-most);
  });
}

/** The whole reply at once. */
async function answered({ served: { engine }, signal }: RouteCall, request: CompletionRequest) {
  const { prompts, n, maxTokens, fields } = request;
  const isScored = request.promptLogprobs !== null || (request.echo && request.logprobs !== null);
  const top = Math.max(request.promptLogprobs ?? 0, request.logprobs ?? 0);
  const wantRanks = request.promptLogprobs !== null;
  const orders = prompts.flatMap((prompt) => Array.from({ length: n }, (_, copy) => ({ prompt, copy })));
  const [scores, texts] = await Promise.all([
    isScored ? scorePrompts(engine, prompts, { top, wantRanks, signal }) : null,
    Promise.all(
      orders.map(({ prompt, copy }) =>
        generate(engine, { prompt, maxTokens, signal, fields: { ...fields, seed: fields.seed + copy } }),
      ),
    ),
  ]);
  const choices = texts.map((generated, index) => {
    const prompt = prompts[Math.floor(index / n)] as readonly number[];
    const score = scores?.[Math.floor(index / n)] ?? null;
    return { index, ...choiceOf(engine, request, { prompt, score, generated, top }) };
  });
  return { choices, usage: usageOf(prompts, texts) };
}

interface Answered {
  readonly prompt: readonly number[];
  readonly score: TokenScores | null;
  readonly generated: Generated;
  /** Width of the best-token lists in `score`. */
  readonly top: number;
}

function choiceOf(engine: Engine, request: CompletionRequest, { prompt, score, generated, top }: Answered) {
  const echoed = request.echo && score !== null ? placesOfPrompt(prompt, score, top) : [];
  const places = [...echoed, ...generated.tokens].map((place) => ({
    ...place,
    top: place.top.slice(0, request.logprobs ?? 0),
  }));
  const isBroken = score?.logprobs.some((value) => !Number.isFinite(value)) ?? false;
  return {
    text: (request.echo ? engine.tokenizer.decode(prompt) : '') + generated.text,
    logprobs: request.logprobs === null ? null : openaiLogprobs(engine, places, request.tokensAsIds),
    ...finishOf(generated.reason),
    ...(isBroken && { non_finite: true }),
    ...(request.promptLogprobs !== null && {
      prompt_logprobs: score && vllmPromptLogprobs(engine, prompt, score, request.promptLogprobs, top),
    }),
    ...(request.returnIds && { prompt_token_ids: prompt, token_ids: generated.tokens.map(({ id }) => id) }),
  };
}

function usageOf(prompts: readonly (readonly number[])[], texts: readonly Generated[]) {
  const prompt = prompts.reduce((sum, tokens) => sum + tokens.length, 0);
  const completion = texts.reduce((sum, { tokens }) => sum + tokens.length, 0);
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
}

/** Pieces of text as they come, all prompts at once, each with its index. */
function streamed({ served: { engine }, signal }: RouteCall, request: CompletionRequest, head: object) {
  if (request.promptLogprobs !== null || request.logprobs !== null) {
    throw badRequest('log-probabilities cannot be streamed; leave out stream', 'unsupported_parameter');
  }
  const { prompts, n, maxTokens, fields } = request;
  return asTheyCome<object>(async (emit) => {
    const piece = (index: number, text: string, end: object = { finish_reason: null }) =>
      emit({ ...head, choices: [{ index, text, logprobs: null, ...end }] });
    await Promise.all(
      prompts.flatMap((prompt, at) =>
        Array.from({ length: n }, async (_, copy) => {
          const index = at * n + copy;
          if (request.echo) piece(index, engine.tokenizer.decode(prompt));
          const order = { prompt, maxTokens, signal, fields: { ...fields, seed: fields.seed + copy } };
          const { reason } = await generate(engine, { ...order, onText: (text) => piece(index, text) });
          piece(index, '', finishOf(reason));
        }),
      ),
    );
  });
}
