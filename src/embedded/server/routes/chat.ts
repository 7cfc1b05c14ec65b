/** /v1/chat/completions: the tokenizer's own chat template, then a completion. */
import { randomUUID } from 'node:crypto';
import type { Engine } from '../../engine.ts';
import { recordOf } from '../../graph/model-config.ts';
import type { ChatMessage } from '../../text/chat-template.ts';
import { badRequest } from '../api-error.ts';
import { type Body, flagIn, integerIn } from '../fields.ts';
import { asTheyCome, finishOf, type Generated, generate, generationFields, requireRoom } from '../generation.ts';
import { finite } from '../prompt-scores.ts';
import type { Route, RouteCall } from '../route.ts';
import { requireModel } from './models.ts';

export const chatRoute: Route = {
  method: 'POST',
  path: '/v1/chat/completions',
  answer: async (call) => {
    requireModel(call.body, call.served);
    const { engine } = call.served;
    const prompt = renderPrompt(call.body, engine);
    const wanted = integerIn(call.body, 'max_completion_tokens', { min: 1, max: 1e9 }, null);
    const room = engine.maxLength - prompt.length;
    const maxTokens = wanted ?? integerIn(call.body, 'max_tokens', { min: 1, max: 1e9 }, Math.max(1, room));
    requireRoom(engine, prompt, maxTokens);
    const head = { id: `chatcmpl-${randomUUID()}`, created: call.served.startedAt, model: call.served.name };
    if (flagIn(call.body, 'stream', false)) return { events: streamed(call, prompt, maxTokens, head) };
    return { json: { ...head, object: 'chat.completion', ...(await answered(call, prompt, maxTokens)) } };
  },
};

function renderPrompt(body: Body, engine: Engine): number[] {
  if (engine.renderChat === null) {
    throw badRequest('this checkpoint has no chat template; use /v1/completions', 'no_chat_template');
  }
  const messages = messagesIn(body);
  let text: string;
  try {
    text = engine.renderChat(messages, flagIn(body, 'add_generation_prompt', true));
  } catch (error) {
    throw badRequest(`the chat template refused these messages: ${error instanceof Error ? error.message : error}`);
  }
  // The template writes special tokens itself.
  return engine.tokenizer.encode(text);
}

function messagesIn(body: Body): ChatMessage[] {
  const { messages } = body;
  if (!Array.isArray(messages) || messages.length === 0) throw badRequest('messages must be a list, and not empty');
  return messages.map((value: unknown, index) => {
    const message = recordOf(value);
    const content = textOf(message?.content);
    if (typeof message?.role !== 'string' || content === null) {
      throw badRequest(`messages[${index}] must have a role and a text content`);
    }
    return { role: message.role, content };
  });
}

/** A string, or parts of type text put together. */
function textOf(content: unknown): string | null {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return null;
  const parts = content.map((part) => recordOf(part)?.text);
  return parts.every((part) => typeof part === 'string') ? parts.join('') : null;
}

async function answered({ served: { engine }, body, signal }: RouteCall, prompt: readonly number[], maxTokens: number) {
  const wantLogprobs = flagIn(body, 'logprobs', false);
  const fields = generationFields(body, wantLogprobs ? integerIn(body, 'top_logprobs', { min: 0, max: 20 }, 0) : 0);
  const n = integerIn(body, 'n', { min: 1, max: 128 }, 1);
  const texts = await Promise.all(
    Array.from({ length: n }, (_, copy) =>
      generate(engine, { prompt, maxTokens, signal, fields: { ...fields, seed: fields.seed + copy } }),
    ),
  );
  const completion = texts.reduce((sum, { tokens }) => sum + tokens.length, 0);
  return {
    choices: texts.map((generated, index) => ({
      index,
      message: { role: 'assistant', content: generated.text },
      logprobs: wantLogprobs ? chatLogprobs(engine, generated) : null,
      ...finishOf(generated.reason),
    })),
    usage: { prompt_tokens: prompt.length, completion_tokens: completion, total_tokens: prompt.length + completion },
  };
}

function chatLogprobs(engine: Engine, { tokens }: Generated) {
  const entry = ({ id, logprob }: { id: number; logprob: number }) => {
    const token = engine.tokenizer.decode([id]);
    return { token, logprob: finite(logprob), bytes: [...Buffer.from(token)] };
  };
  return { content: tokens.map((token) => ({ ...entry(token), top_logprobs: token.top.map(entry) })) };
}

function streamed(
  { served: { engine }, body, signal }: RouteCall,
  prompt: readonly number[],
  maxTokens: number,
  head: object,
) {
  const fields = generationFields(body, 0);
  return asTheyCome<object>(async (emit) => {
    const piece = (delta: object, end: object = { finish_reason: null }) =>
      emit({ ...head, object: 'chat.completion.chunk', choices: [{ index: 0, delta, ...end }] });
    piece({ role: 'assistant', content: '' });
    const onText = (content: string) => piece({ content });
    const { reason } = await generate(engine, { prompt, maxTokens, signal, fields, onText });
    piece({}, finishOf(reason));
  });
}
