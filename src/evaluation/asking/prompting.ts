/** How prompts are put to a model: as plain text, or as a conversation by its own chat template; with a system instruction or without. */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../../system/json.ts';
import type { Task } from '../task.ts';

export interface ChatTurn {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

export interface ChatPrompts {
  /**
   * The model's chat template over a conversation.
   * @throws Error when the template refuses these turns
   */
  readonly render: (turns: readonly ChatTurn[], addGenerationPrompt: boolean) => string;
  /** Its source: another template asks another question. */
  readonly template: string;
  /** Examples are turns of the conversation, not one long question. */
  readonly isMultiturn: boolean;
}

export interface Prompting {
  readonly systemInstruction: string | null;
  /** Null for plain text. */
  readonly chat: ChatPrompts | null;
}

export const PLAIN_PROMPTING: Prompting = { systemInstruction: null, chat: null };

/** The task asked in another way: other prompts, so another hash and another series segment. */
export function withPrompting(task: Task, prompting: Prompting): Task {
  const { systemInstruction, chat } = prompting;
  if (!systemInstruction && chat === null) return task;
  const asked = {
    systemInstruction,
    chat: chat === null ? null : { template: chat.template, isMultiturn: chat.isMultiturn },
  };
  const hash = createHash('sha256')
    .update(`${task.summary.hash}\n${canonicalJson(asked)}`)
    .digest('hex')
    .slice(0, 16);
  return { ...task, prompting, summary: { ...task.summary, hash }, renderedShots: new Map() };
}
