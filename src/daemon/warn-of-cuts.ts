/** Docs that are longer than the model reads are cut, silently by most: here it is said, once a task. */
import type { Sample } from '../domain/sample.ts';
import { shorterAnswers } from '../evaluation/asking/fit-answers.ts';
import type { Task } from '../evaluation/task.ts';
import type { Log } from '../system/log.ts';

/**
 * @param docs how many were cut, of how many
 * @param maxLength tokens the model reads; null when the engine does not say
 */
export function warnOfCuts(
  log: Log,
  task: Task,
  { cut, of }: { readonly cut: number; readonly of: number },
  maxLength: number | null,
): void {
  if (cut === 0) return;
  const than = maxLength === null ? 'than the model reads' : `than the model's ${maxLength} tokens`;
  const [were, their] = cut === 1 ? ['doc was', 'its beginning was'] : ['docs were', 'their beginnings were'];
  log.warn(`${task.summary.name}: ${cut} of ${of} ${were} longer ${than}; ${their} cut, as lm-evaluation-harness does`);
}

/** Answers that the model or our own store has no room for. */
export function warnOfLongAnswers(log: Log, task: Task, maxLength: number | null): void {
  const shorter = shorterAnswers(task, maxLength);
  if (shorter !== null) log.warn(shorter);
}

/** @param dropped characters, over all docs */
export function warnOfDropped(log: Log, task: Task, dropped: number): void {
  if (dropped === 0) return;
  log.warn(
    `${task.summary.name}: ${dropped} characters of very long answers are not kept; they were scored as a whole`,
  );
}

export function droppedIn(samples: readonly Sample[]): number {
  return samples.reduce((sum, { answer }) => sum + (answer?.kind === 'text' ? (answer.dropped ?? 0) : 0), 0);
}
