/** Loads the tasks of a set of directories; one bad file never harms the others. */
import { buildTask } from './build-task.ts';
import { libraryWith } from './library.ts';
import { type DataSources, NO_SOURCES } from './sources/data-sources.ts';
import type { Task } from './task.ts';
import { asTaskError, chooseTasks, indexTasks, type TaskChoice, type TaskProblem } from './task-index.ts';

export interface LoadTasksOptions {
  /**
   * Directories (read to the bottom) or single YAML files; a later one replaces tasks of an earlier one, and all of them those of
   * the built-in library, which is there when none is given or tasks are named.
   */
  readonly includePaths: readonly string[];
  /** Names of tasks, groups or tags, or patterns with `*`; all tasks when left out. */
  readonly only?: readonly string[] | undefined;
  /** Replaces num_fewshot, except where a task insists on 0. */
  readonly numFewshot?: number | undefined;
  /** Where data sets are looked for beside the include paths; nowhere when left out. */
  readonly sources?: DataSources | undefined;
}

export interface LoadedTasks {
  /** By name, ascending. */
  readonly tasks: readonly Task[];
  /** Files that could not be used. With `only`: of the tasks asked for. */
  readonly problems: readonly TaskProblem[];
}

/**
 * @throws LibraError LIBRA_TASK_UNKNOWN for a name in `only` that is nowhere, LIBRA_DIRECTORY_MISSING for a missing include path
 */
export async function loadTasks(options: LoadTasksOptions): Promise<LoadedTasks> {
  const { includePaths, only, numFewshot, sources = NO_SOURCES } = options;
  const directories = [...includePaths.filter((path) => !/\.ya?ml$/.test(path)), ...sources.directories];
  const index = await indexTasks(libraryWith(includePaths, only));
  const choices =
    only === undefined
      ? [...index.tasks.values()].map((file): TaskChoice => ({ file, overrides: {} }))
      : only.flatMap((name) => chooseTasks(index, name));
  const tasks = new Map<string, Task>();
  const problems: TaskProblem[] = only === undefined ? [...index.problems] : [];
  for (const { file, overrides } of choices) {
    const name = String(overrides.task ?? file.fields.task);
    if (tasks.has(name)) continue;
    try {
      tasks.set(
        name,
        await buildTask({ ...file, directories: [...file.directories, ...directories] }, overrides, numFewshot),
      );
    } catch (error) {
      problems.push({ file: file.path, task: name, error: asTaskError(error, file.path) });
    }
  }
  const byName = [...tasks.values()].sort((a, b) => (a.summary.name < b.summary.name ? -1 : 1));
  return { tasks: byName, problems };
}
