/** Docs that are longer than the model reads are cut, silently by most: here it is said, once a task. */
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
