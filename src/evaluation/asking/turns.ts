/** Questions and answers as turns: what is joined to a plain prompt, and what a chat template is given (lm-evaluation-harness's build_qa_turn). */

import { endsWithSpace, startsWithSpace } from '../python/python-text.ts';
import type { ChatTurn } from './prompting.ts';

/** A turn with what follows it where turns are joined to plain text. */
export interface Turn extends ChatTurn {
  readonly delimiter: string;
}

/**
 * The question and, when there is one, its answer. A prefix begins the answer, also one that is still to be given.
 * @param delimiter between question and answer
 * @param end behind the answer
 */
export function turnsOf(
  question: string,
  answer: string | null,
  prefix: string | null,
  delimiter: string,
  end: string,
): Turn[] {
  const hasAnswer = answer !== null && answer !== '';
  const isDivided = prefix ? needsDelimiter(question, prefix) : hasAnswer;
  const asked: Turn = { role: 'user', content: question, delimiter: isDivided ? delimiter : '' };
  if (hasAnswer) return [asked, { role: 'assistant', content: joinTexts(prefix, answer, ' '), delimiter: end }];
  return prefix ? [asked, { role: 'assistant', content: prefix, delimiter: '' }] : [asked];
}

export function plainText(turns: readonly Turn[]): string {
  return turns.map(({ content, delimiter }) => content + delimiter).join('');
}

/** Two texts with the delimiter between them, unless either is empty or brings its own space. */
export function joinTexts(first: string | null, second: string | null, delimiter: string): string {
  if (!first || !second) return first || second || '';
  return endsWithSpace(first) || startsWithSpace(second) ? first + second : first + delimiter + second;
}

function needsDelimiter(before: string, after: string): boolean {
  return before !== '' && !endsWithSpace(before) && !startsWithSpace(after);
}
