/** What guessing would score: below it there is nothing to lose, so a series whose reference covers it cannot regress. */
import { expectedText } from '../asking/describe-doc.ts';
import type { Task, TaskDoc } from '../task.ts';

/**
 * Of a multiple_choice task: the larger of uniform guessing (mean of 1 / choices) and always giving the commonest right answer;
 * the latter counts only where answers repeat over docs (labels). Null for other kinds of task: guessing a text scores nothing.
 */
export function chanceLevel(task: Task): number | null {
  if (task.settings.outputType !== 'multiple_choice' || task.docs.length === 0) return null;
  let uniform = 0;
  const answers = new Map<string, number>();
  for (const doc of task.docs) {
    uniform += 1 / Math.max(1, choicesOf(task, doc));
    const answer = expectedText(task, doc);
    answers.set(answer, (answers.get(answer) ?? 0) + 1);
  }
  const commonest = Math.max(...answers.values());
  return Math.max(uniform, commonest) / task.docs.length;
}

/** A doc its templates do not fit can't be asked, so it can't be guessed either. */
function choicesOf(task: Task, doc: TaskDoc): number {
  try {
    return task.reader.choices(doc.fields)?.length ?? 1;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
