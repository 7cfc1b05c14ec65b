/** Whether a task's filters found an answer in a text. Pure. */
import type { FilterPipeline, TaskDoc } from '../task.ts';

/** No text of any model. */
const NOTHING = '\u0000no answer\u0000';

/** Filters that say what to take when they find nothing. */
function takesFallback({ filter }: FilterPipeline['steps'][number]): boolean {
  return filter.options.includes('fallback');
}

export function looksForAnswer({ steps }: FilterPipeline): boolean {
  return steps.some(takesFallback);
}

/**
 * False when the first answer passed no filter that looks for one: each is given a fallback that no model writes, so that an
 * answer which happens to be the task's own fallback still counts as found.
 */
export function foundAnswer({ steps }: FilterPipeline, doc: TaskDoc, text: string): boolean {
  let answers: readonly string[] = [text];
  for (const step of steps) {
    const { filter, options } = step;
    if (takesFallback(step)) {
      const found = filter.apply(answers, { ...options, fallback: NOTHING }, doc.fields);
      if (found[0] === undefined || found[0] === NOTHING) return false;
      answers = found;
    } else answers = filter.apply(answers, options, doc.fields);
  }
  return true;
}
