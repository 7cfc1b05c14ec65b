/** /v1/chat/completions: the tokenizer's own chat template, then a completion. */
import { randomUUID } from 'node:crypto';
import { systemClock } from '../../../system/clock.ts';
import type { GeneratedToken } from '../../decoding/generator.ts';
import type { Engine } from '../../engine.ts';
import { badRequest } from '../api-error.ts';
import { asTheyCome } from '../as-they-come.ts';
import { renderMessages } from '../chat-messages.ts';
import { type Body, flagIn, integerIn } from '../fields.ts';
import {
  copiesOf,
  finishOf,
  type GenerationOrder,
  generateAll,
  generationFields,
  MOST_CHOICES,
  requireRoom,
  TOKEN_COUNTS,
  usageOf,
  wantsUsage,
} from '../generation.ts';
import { finite, textOfToken } from '../prompt-scores.ts';
import type { Route, RouteCall, Served } from '../route.ts';
import { requireModel } from './models.ts';

const MOST_TOP_LOGPROBS = 20;

interface ChatRequest {
  readonly order: GenerationOrder;
  readonly n: number;
  readonly wantLogprobs: boolean;
  readonly includeUsage: boolean;
}

export const chatRoute: Route = {
  method: 'POST',
  path: '/v1/chat/completions',
  answer: async ({ served, body, signal }) => {
    requireModel(body, served);
    const request = readRequest(body, served);
    const created = Math.floor(systemClock.now() / 1000);
    const head = { id: `chatcmpl-${randomUUID()}`, created, model: served.name };
    if (flagIn(body, 'stream', false)) return { events: streamed({ served, signal }, request, head) };
    return { json: { ...head, object: 'chat.completion', ...(await answered({ served, signal }, request)) } };
  },
};

function readRequest(body: Body, served: Served): ChatRequest {
  const wantLogprobs = flagIn(body, 'logprobs', false);
  const top = integerIn(body, 'top_logprobs', { min: 0, max: MOST_TOP_LOGPROBS }, 0);
  if (top > 0 && !wantLogprobs) throw badRequest('top_logprobs needs logprobs: true', 'top_logprobs');
  const fields = generationFields(body, top);
  const n = integerIn(body, 'n', { min: 1, max: MOST_CHOICES }, 1);
  const prompt = renderMessages(body, served.engine);
  const counts = { ...TOKEN_COUNTS, min: 1 };
  const room = Math.max(1, served.engine.maxLength - prompt.length);
  const maxTokens =
    integerIn(body, 'max_completion_tokens', counts, null) ?? integerIn(body, 'max_tokens', counts, room);
  requireRoom(served, { prompt, maxTokens, param: 'messages' });
  return { order: { prompt, maxTokens, fields }, n, wantLogprobs, includeUsage: wantsUsage(body) };
}

type Call = Pick<RouteCall, 'served' | 'signal'>;

async function answered({ served, signal }: Call, { order, n, wantLogprobs }: ChatRequest) {
  const texts = await generateAll(served, copiesOf(order, n), signal);
  return {
    choices: texts.map(({ text, tokens, reason }, index) => ({
      index,
      message: { role: 'assistant', content: text, refusal: null },
      logprobs: wantLogprobs ? chatLogprobs(served.engine, tokens) : null,
      ...finishOf(reason),
    })),
    usage: usageOf(order.prompt.length, texts),
  };
}

function chatLogprobs(engine: Engine, tokens: readonly GeneratedToken[]) {
  const entry = ({ id, logprob }: { id: number; logprob: number }) => {
    const token = textOfToken(engine, id);
    // Part of a character has bytes of its own, and its text does not tell them.
    const bytes = token.includes('\ufffd') ? null : [...Buffer.from(token)];
    return { token, logprob: finite(logprob), bytes };
  };
  return { content: tokens.map((token) => ({ ...entry(token), top_logprobs: token.top.map(entry) })), refusal: null };
}

function streamed({ served, signal }: Call, { order, n, wantLogprobs, includeUsage }: ChatRequest, head: object) {
  return asTheyCome<object>(async (emit) => {
    const rest = includeUsage ? { usage: null } : {};
    const send = (index: number, delta: object, tokens: readonly GeneratedToken[], end?: object) => {
      const logprobs = wantLogprobs && tokens.length > 0 ? chatLogprobs(served.engine, tokens) : null;
      const choice = { index, delta, logprobs, ...(end ?? { finish_reason: null }) };
      emit({ ...head, object: 'chat.completion.chunk', choices: [choice], ...rest });
    };
    const orders = copiesOf(order, n).map((copy, index): GenerationOrder => {
      send(index, { role: 'assistant', content: '', refusal: null }, []);
      return {
        ...copy,
        onPiece: (content, tokens) => send(index, { content }, tokens),
        onEnd: ({ reason }) => send(index, {}, [], finishOf(reason)),
      };
    });
    const texts = await generateAll(served, orders, signal);
    if (!includeUsage) return;
    emit({ ...head, object: 'chat.completion.chunk', choices: [], usage: usageOf(order.prompt.length, texts) });
  });
}
