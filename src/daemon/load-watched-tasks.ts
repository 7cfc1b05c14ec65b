/** The tasks the daemon evaluates; a file that cannot be used is said and left out, the others go on. */
import type { Config } from '../config/schema.ts';
import type { DataSources } from '../evaluation/data/sources/data-sources.ts';
import { perturbTasks } from '../evaluation/perturbing/perturb-tasks.ts';
import type { Task } from '../evaluation/task.ts';
import { namesToEvaluate, STARTER_IS_EVALUATED } from '../evaluation/tasks/library.ts';
import { loadTasks } from '../evaluation/tasks/task-loader.ts';
import type { Log } from '../system/log.ts';
import { wildcard } from '../system/wildcard.ts';

/**
 * Each task, and behind it its variants under the perturbations that are configured.
 * @throws LIBRA_TASK_UNKNOWN, LIBRA_DIRECTORY_MISSING, LIBRA_CONFIG_INVALID for a perturbation that does not exist
 */
export async function loadWatchedTasks(
  { tasks: { include_path, only }, capabilities, robustness }: Config,
  sources: DataSources,
  log: Log,
): Promise<Task[]> {
  const named = only.length === 0 ? undefined : only;
  const names = namesToEvaluate(include_path, named);
  if (names !== named) log.warn(STARTER_IS_EVALUATED);
  const { tasks, problems } = await loadTasks({
    includePaths: include_path,
    sources,
    only: names,
  });
  for (const { file, task, error } of problems) {
    log.warn(`task ${task ?? file} is left out: ${error.message} ${error.hint}`);
  }
  for (const { summary, dataset } of tasks) {
    for (const note of dataset.notes) log.warn(`task ${summary.name}: ${note}`);
  }
  const watched = tasks.map((task) => labelled(task, capabilities));
  if (robustness.perturbations.length === 0) return watched;
  const perturbed = await perturbTasks(watched, robustness);
  for (const { task, perturbation, reason } of perturbed.notPerturbed) {
    log.info(`${task} is not asked under ${perturbation}: ${reason}`);
  }
  return [...perturbed.tasks];
}

/** Labels of the configuration are added to those of the task file. */
function labelled(task: Task, labels: Config['capabilities']): Task {
  const added = configuredLabels(task.summary.name, labels);
  if (added.length === 0) return task;
  const capabilities = [...new Set([...task.summary.capabilities, ...added])];
  return { ...task, summary: { ...task.summary, capabilities } };
}

/** Labels the configuration gives a task of this name. */
export function configuredLabels(name: string, labels: Config['capabilities']): string[] {
  return Object.entries(labels)
    .filter(([pattern]) => wildcard(pattern).test(name))
    .flatMap(([, capabilities]) => capabilities);
}
