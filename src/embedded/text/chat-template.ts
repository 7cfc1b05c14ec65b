/** The tokenizer's own Jinja chat template, as transformers finds and calls it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { recordOf } from '../graph/model-config.ts';
import type { Tokenizer } from './tokenizer.ts';

export interface ChatMessage {
  readonly role: string;
  readonly content: string;
}

export type RenderChat = (messages: readonly ChatMessage[], addGenerationPrompt: boolean) => string;

/** Looked for in chat_template.jinja, then in tokenizer_config.json; null when the checkpoint has none. */
export async function loadChatTemplate(directory: string, tokenizer: Tokenizer): Promise<RenderChat | null> {
  const file = await readFile(join(directory, 'chat_template.jinja'), 'utf8').catch(() => null);
  const source = file ?? templateIn(tokenizer.config.chat_template);
  if (source === null) return null;
  const { Template } = await import('@huggingface/jinja');
  const template = new Template(source);
  return (messages, addGenerationPrompt) =>
    template.render({
      messages,
      add_generation_prompt: addGenerationPrompt,
      bos_token: tokenizer.specialText('bos_token'),
      eos_token: tokenizer.specialText('eos_token'),
      pad_token: tokenizer.specialText('pad_token'),
      unk_token: tokenizer.specialText('unk_token'),
    });
}

/** One template, or a list of named ones of which `default` counts. */
function templateIn(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return null;
  const named = value.map(recordOf).find((entry) => entry?.name === 'default');
  return typeof named?.template === 'string' ? named.template : null;
}
