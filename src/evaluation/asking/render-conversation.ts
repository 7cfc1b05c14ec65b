/** Turns -> one prompt by the model's chat template, as lm-evaluation-harness and transformers make it. */

import { stripEnd } from '../python/python-text.ts';
import type { ChatPrompts, ChatTurn } from './prompting.ts';
import { plainText, type Turn } from './turns.ts';

/** Stands behind an answer that is to be continued, to find the place again; the words are transformers'. */
const TAG = 'CONTINUE_FINAL_MESSAGE_TAG ';

/**
 * @param system empty for none
 * @param before the examples' turns
 * @param question the doc's own turns; an answer begun in them is continued
 * @throws Error when the template refuses them
 */
export function renderConversation(
  chat: ChatPrompts,
  system: string,
  before: readonly Turn[],
  question: readonly Turn[],
): string {
  const begun = question.length > 1 ? question.at(-1)! : null;
  const turns: ChatTurn[] = chat.isMultiturn
    ? [...before, ...question].map(({ role, content }) => ({ role, content }))
    : oneTurn(before, question[0]!, begun);
  if (system === '') return rendered(chat, turns, begun !== null);
  try {
    return rendered(chat, [{ role: 'system', content: system }, ...turns], begun !== null);
  } catch {
    // Some templates know no system turn; the harness then leaves it out.
    return rendered(chat, turns, begun !== null);
  }
}

/** Examples and question as one turn of the user's. */
function oneTurn(before: readonly Turn[], question: Turn, begun: Turn | null): ChatTurn[] {
  const asked: ChatTurn = { role: 'user', content: plainText(before) + question.content };
  return begun === null ? [asked] : [asked, { role: 'assistant', content: begun.content }];
}

function rendered({ render }: ChatPrompts, turns: readonly ChatTurn[], isBegun: boolean): string {
  if (!isBegun) return render(turns, true);
  const last = turns.at(-1)!;
  const text = render([...turns.slice(0, -1), { ...last, content: last.content + TAG }], false);
  const at = text.lastIndexOf(TAG.trimEnd());
  if (at < 0) throw new Error('the chat template leaves out the answer that `gen_prefix` begins');
  return text.startsWith(TAG, at) ? text.slice(0, at) : stripEnd(text.slice(0, at));
}
