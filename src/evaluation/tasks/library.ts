/** The built-in task library: where it lies, and when its tasks are meant. */
import { fileURLToPath } from 'node:url';

export const LIBRARY = fileURLToPath(new URL('../library', import.meta.url));

/** The group that is evaluated when nobody said what to evaluate. */
export const STARTER = 'starter';

export const STARTER_IS_EVALUATED =
  'no tasks are named: the starter set is evaluated (starter docs, not a benchmark); name your tasks with --tasks';

/** Directories that tasks are looked for in: who names a directory and no task means the directory's own alone. */
export function libraryWith(includePaths: readonly string[], only: readonly string[] | undefined): readonly string[] {
  return only === undefined && includePaths.length > 0 ? includePaths : [LIBRARY, ...includePaths];
}

/** What is evaluated without a word: the starter docs, unless the user has tasks. */
export function namesToEvaluate(
  includePaths: readonly string[],
  only: readonly string[] | undefined,
): readonly string[] | undefined {
  return only === undefined && includePaths.length === 0 ? [STARTER] : only;
}
