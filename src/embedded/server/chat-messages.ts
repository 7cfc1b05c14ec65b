/** Messages of a chat -> tokens, by the checkpoint's own template. */
import type { Engine } from '../engine.ts';
import { recordOf } from '../graph/model-config.ts';
import type { ChatMessage } from '../text/chat-template.ts';
import { badRequest } from './api-error.ts';
import { type Body, flagIn, listIn } from './fields.ts';

const MOST_MESSAGES = 10_000;

/** @throws ApiError when there is no template, the messages are none, or the template refuses them */
export function renderMessages(body: Body, engine: Engine): number[] {
  if (engine.renderChat === null) {
    throw badRequest('this checkpoint has no chat template; use /v1/completions', null, 'no_chat_template');
  }
  const messages = messagesIn(body);
  const addGenerationPrompt = flagIn(body, 'add_generation_prompt', true);
  let text: string;
  try {
    text = engine.renderChat(messages, addGenerationPrompt);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw badRequest(`the chat template refused these messages: ${why}`, 'messages');
  }
  // The template writes special tokens itself.
  return engine.tokenizer.encode(text);
}

function messagesIn(body: Body): ChatMessage[] {
  const messages = listIn(body, 'messages', MOST_MESSAGES);
  if (messages.length === 0) throw badRequest('messages must be a list, and not empty', 'messages');
  return messages.map((value, index) => {
    const message = recordOf(value);
    const content = textOf(message?.content);
    if (typeof message?.role !== 'string' || content === null) {
      throw badRequest(`messages[${index}] must have a role and a text content`, `messages[${index}]`);
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
