/** The tokenizer's own Jinja chat template, as transformers finds and calls it. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { recordOf } from '../graph/model-config.ts';
import type { Tokenizer } from './tokenizer.ts';

export interface ChatMessage {
  readonly role: string;
  /** A text, or parts as `{type: 'text', text}`: the template sees what is given. */
  readonly content: string | readonly Readonly<Record<string, unknown>>[];
}

/** @throws Error when the template refuses these messages, or uses what is not supported here */
export type RenderChat = (messages: readonly ChatMessage[], addGenerationPrompt: boolean) => string;

const SPECIAL = ['bos_token', 'eos_token', 'unk_token', 'sep_token', 'pad_token', 'cls_token', 'mask_token'];

/** Looked for in chat_template.jinja and additional_chat_templates, then in tokenizer_config.json; null when there is none. */
export async function loadChatTemplate(directory: string, tokenizer: Tokenizer): Promise<RenderChat | null> {
  const named = await templatesIn(directory, tokenizer.config.chat_template);
  if (named.size === 0) return null;
  const source = named.get('default');
  if (source === undefined) {
    return () => {
      throw new Error(`it has no default template, only ${[...named.keys()].join(', ')}`);
    };
  }
  return templateRenderer(source, tokenizer);
}

/** Sources of the checkpoint's chat templates by name; the one without a name is `default`. */
export function readChatTemplates(directory: string, tokenizer: Tokenizer): Promise<ReadonlyMap<string, string>> {
  return templatesIn(directory, tokenizer.config.chat_template);
}

/** One template with the special tokens of its tokenizer; it is read when it is first used, so that a broken one stops only chats. */
export async function templateRenderer(source: string, tokenizer: Pick<Tokenizer, 'specialText'>): Promise<RenderChat> {
  const { compileTemplate } = await import('./python-jinja.ts');
  const special = SPECIAL.map((name) => [name, tokenizer.specialText(name)] as const).filter(([, text]) => text !== '');
  let render: ReturnType<typeof compileTemplate> | undefined;
  return (messages, addGenerationPrompt) => {
    render ??= compileTemplate(source);
    const variables = { messages, tools: null, documents: null, add_generation_prompt: addGenerationPrompt };
    return render({ ...Object.fromEntries(special), ...variables });
  };
}

/** Files win over the configuration, where there may be one template or several by name. */
async function templatesIn(directory: string, configured: unknown): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const more = join(directory, 'additional_chat_templates');
  const files = (await readdir(more).catch(() => [])).filter((file) => file.endsWith('.jinja'));
  const paths = files.map((file) => [file.slice(0, -'.jinja'.length), join(more, file)] as const);
  for (const [name, path] of [['default', join(directory, 'chat_template.jinja')] as const, ...paths]) {
    const source = await readFile(path, 'utf8').catch(() => null);
    if (source !== null) found.set(name, source);
  }
  if (found.size > 0) return found;
  if (typeof configured === 'string') return new Map([['default', configured]]);
  const entries = Array.isArray(configured)
    ? configured.map(recordOf).map((entry) => [entry?.name, entry?.template])
    : Object.entries(recordOf(configured) ?? {});
  for (const [name, source] of entries) {
    if (typeof name === 'string' && typeof source === 'string') found.set(name, source);
  }
  return found;
}
