/** Loads the tasks of a set of directories; one bad file never harms the others. */

import type { KeepLimits } from '../data/keep-docs.ts';
import { type DataSources, NO_SOURCES } from '../data/sources/data-sources.ts';
import type { Task } from '../task.ts';
import { buildTask } from './build-task.ts';
import { type ChosenTasks, chooseTasks } from './choose-tasks.ts';
import { libraryWith } from './library.ts';
import type { TaskGroup } from './task-group.ts';
import { asTaskError, indexTasks, type TaskIndex, type TaskProblem } from './task-index.ts';

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
  /** How much of a huge data set is kept. */
  readonly limits?: KeepLimits | undefined;
}

export interface LoadedTasks {
  /** By name, ascending. */
  readonly tasks: readonly Task[];
  /** Groups that were named; all groups when nothing was. */
  readonly groups: readonly TaskGroup[];
  /** Files that could not be used. With `only`: of the tasks asked for. */
  readonly problems: readonly TaskProblem[];
}

/**
 * @throws LibraError LIBRA_TASK_UNKNOWN for a name in `only` that is nowhere, LIBRA_DIRECTORY_MISSING for a missing include path
 */
export async function loadTasks(options: LoadTasksOptions): Promise<LoadedTasks> {
  const { includePaths, only, numFewshot, sources = NO_SOURCES, limits } = options;
  const directories = [...includePaths.filter((path) => !/\.ya?ml$/.test(path)), ...sources.directories];
  const build = { numFewshot, limits, sources: { ...sources, directories } };
  const index = await indexTasks(libraryWith(includePaths, only));
  const chosen =
    only === undefined ? await allTasks(index) : await Promise.all(only.map((name) => chooseTasks(index, name)));
  const tasks = new Map<string, Task>();
  const problems: TaskProblem[] = [
    ...(only === undefined ? index.problems : []),
    ...chosen.flatMap((one) => one.problems),
  ];
  const failed = new Set<string>();
  for (const { name, file, overrides } of chosen.flatMap((one) => one.choices)) {
    if (tasks.has(name) || failed.has(name)) continue;
    try {
      tasks.set(name, await buildTask(file, overrides, build));
    } catch (error) {
      failed.add(name);
      problems.push({ file: file.path, task: name, error: asTaskError(error, file.path) });
    }
  }
  const byName = [...tasks.values()].sort((a, b) => (a.summary.name < b.summary.name ? -1 : 1));
  return { tasks: byName, groups: chosen.flatMap(({ group }) => group ?? []), problems };
}

/** Every task as its own file has it; groups are there for what their members give together. */
async function allTasks(index: TaskIndex): Promise<ChosenTasks[]> {
  const choices = [...index.tasks].map(([name, file]) => ({ name, file, overrides: {} }));
  const groups = await Promise.all([...index.groups].map(([name, file]) => groupOrProblem(index, name, file.path)));
  return [
    { choices, group: null, problems: [] },
    ...groups.map(({ group, problems }) => ({ choices: [], group, problems })),
  ];
}

async function groupOrProblem(index: TaskIndex, name: string, file: string): Promise<ChosenTasks> {
  try {
    return await chooseTasks(index, name);
  } catch (error) {
    return { choices: [], group: null, problems: [{ file, task: name, error: asTaskError(error, file) }] };
  }
}
