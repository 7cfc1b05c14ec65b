/** How a checkpoint is asked: the flags or keys of the user, and the checkpoint's own chat template. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LibraError } from '../domain/errors.ts';
import type { RecognisedModelType } from '../domain/model-type.ts';
import { readChatTemplates, templateRenderer } from '../embedded/text/chat-template.ts';
import { loadTokenizer } from '../embedded/text/tokenizer.ts';
import { type Prompting, withPrompting } from '../evaluation/asking/prompting.ts';
import type { Task } from '../evaluation/task.ts';
import { parseTolerantJson } from '../system/json.ts';

export interface PromptingChoice {
  /** The name of one of several templates, true for the default one, false for plain text. */
  readonly applyChatTemplate: boolean | string;
  readonly fewshotAsMultiturn: boolean;
  readonly systemInstruction: string | null;
}

/** What the user says of it. */
export interface PromptingWishes {
  /** `auto`: as the kind of the model has it. */
  readonly applyChatTemplate: 'auto' | boolean | string;
  /** Null: where there is a conversation. */
  readonly fewshotAsMultiturn: boolean | null;
  readonly systemInstruction: string | null;
}

export const AUTOMATIC_PROMPTING: PromptingWishes = {
  applyChatTemplate: 'auto',
  fewshotAsMultiturn: null,
  systemInstruction: null,
};

export interface PromptedTasks {
  readonly tasks: readonly Task[];
  /** What was decided for the user, as a sentence; null when nothing was. */
  readonly note: string | null;
}

/**
 * Left to itself, a chat model is asked to generate through its own template, with examples as turns; choices are scored as plain text,
 * so that a tuned model and its base answer the very same questions there. A base model is always asked in plain text.
 * @param directories of the checkpoint and of its base, when that is on this machine
 * @throws LibraError LIBRA_USAGE when the user's wishes do not go together, or the checkpoint has no such template
 */
export async function promptTasks(
  tasks: readonly Task[],
  wishes: PromptingWishes,
  model: RecognisedModelType,
  directories: readonly string[],
): Promise<PromptedTasks> {
  const { applyChatTemplate, systemInstruction } = wishes;
  const fewshotAsMultiturn = wishes.fewshotAsMultiturn ?? false;
  if (applyChatTemplate !== 'auto') {
    const chosen = await choosePrompting({ applyChatTemplate, fewshotAsMultiturn, systemInstruction }, directories);
    return { tasks: tasks.map((task) => withPrompting(task, chosen)), note: null };
  }
  const plain: Prompting = { systemInstruction, chat: null };
  const isTurned = (task: Task) => model.type === 'chat' && task.settings.outputType === 'generate_until';
  if (!tasks.some(isTurned)) return { tasks: tasks.map((task) => withPrompting(task, plain)), note: null };
  const chat = await choosePrompting(
    { applyChatTemplate: true, fewshotAsMultiturn: wishes.fewshotAsMultiturn ?? true, systemInstruction },
    directories,
  );
  return {
    tasks: tasks.map((task) => withPrompting(task, isTurned(task) ? chat : plain)),
    note: `a chat model (${model.evidence[0]}): tasks that generate are asked through its chat template, choices as plain text`,
  };
}

/**
 * @param directories of the checkpoint and of its base, when that is on this machine: the first with a template counts
 * @throws LibraError LIBRA_USAGE when the choices do not go together, or the checkpoint has no such template
 */
export async function choosePrompting(choice: PromptingChoice, directories: readonly string[]): Promise<Prompting> {
  const { applyChatTemplate, fewshotAsMultiturn, systemInstruction } = choice;
  if (applyChatTemplate === false) {
    if (!fewshotAsMultiturn) return { systemInstruction, chat: null };
    throw new LibraError('LIBRA_USAGE', 'Examples can be turns of a conversation only where there is one.', {
      hint: 'Give --apply-chat-template too, or leave --fewshot-as-multiturn out.',
    });
  }
  const name = applyChatTemplate === true ? 'default' : applyChatTemplate;
  for (const directory of directories) {
    const config = await readFile(join(directory, 'config.json'), 'utf8').catch(() => '{}');
    const tokenizer = await loadTokenizer(directory, parseTolerantJson(config) as Record<string, unknown>).catch(
      () => null,
    );
    if (tokenizer === null) continue;
    const templates = await readChatTemplates(directory, tokenizer);
    if (templates.size === 0) continue;
    const source = templates.get(name);
    if (source === undefined) {
      throw new LibraError('LIBRA_USAGE', `${directory} has no chat template named '${name}'.`, {
        hint: `It has ${[...templates.keys()].join(', ')}.`,
      });
    }
    const render = await templateRenderer(source, tokenizer);
    return { systemInstruction, chat: { render, template: source, isMultiturn: fewshotAsMultiturn } };
  }
  throw new LibraError('LIBRA_USAGE', `${directories[0]} has no chat template.`, {
    hint: 'Leave --apply-chat-template out, or write the template into tokenizer_config.json or chat_template.jinja beside the tokenizer.',
  });
}
