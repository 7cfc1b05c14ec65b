/**
 * The tasks' scores -> the groups' scores, as lm-evaluation-harness 0.4.13 computes them (api/group.py, api/metrics.py). Pure.
 */
import { groupsWithin, type TaskGroup, tasksWithin } from '../tasks/task-group.ts';

/** What results.json says of a task or group: `acc,none`, `acc_stderr,none`, `sample_len` and the like. */
export type ResultEntry = Readonly<Record<string, unknown>>;

/** All groups, the innermost before those around them; a group within two others once. */
export function groupScores(
  groups: readonly TaskGroup[],
  tasks: Readonly<Record<string, ResultEntry>>,
): Record<string, ResultEntry> {
  return Object.fromEntries(groups.flatMap(groupsWithin).map((group) => [group.name, scoreGroup(group, tasks)]));
}

/** Names of each group's own members. */
export function groupMembers(groups: readonly TaskGroup[]): Record<string, string[]> {
  return Object.fromEntries(
    groups
      .flatMap(groupsWithin)
      .map(({ name, members }) => [name, members.map((member) => (typeof member === 'string' ? member : member.name))]),
  );
}

function scoreGroup(group: TaskGroup, tasks: Readonly<Record<string, ResultEntry>>): ResultEntry {
  const named = { alias: group.alias, name: group.name };
  if (group.aggregates.length === 0) return named;
  const leaves = tasksWithin(group);
  const entries: ResultEntry[] = leaves.flatMap((name) => (tasks[name] === undefined ? [] : [tasks[name]]));
  const scores: Record<string, unknown> = {};
  const counts: Record<string, number> = {};
  for (const { metric, filters, weightBySize } of group.aggregates) {
    for (const filter of filters ?? filtersOf(metric, entries)) {
      const key = `${metric},${filter}`;
      const measured = entries.filter((entry) => typeof entry[key] === 'number');
      if (measured.length === 0) continue;
      const values = measured.map((entry) => entry[key] as number);
      const sizes = measured.map((entry) => Number(entry.sample_len ?? 0));
      const stderrs = measured.map((entry) => entry[`${metric}_stderr,${filter}`]);
      scores[key] = weightBySize
        ? weightedMean(values, sizes)
        : weightedMean(
            values,
            values.map(() => 1),
          );
      counts[key] = sum(sizes);
      scores[`${metric}_stderr,${filter}`] = !stderrs.every((one): one is number => typeof one === 'number')
        ? 'N/A'
        : weightBySize
          ? pooledStderr(stderrs, sizes)
          : Math.sqrt(sum(stderrs.map((one) => one ** 2))) / stderrs.length;
    }
  }
  const missing = [...group.missing, ...leaves.filter((name) => tasks[name] === undefined)];
  return {
    ...named,
    sample_len: sum(entries.map((entry) => Number(entry.sample_len ?? 0))),
    ...scores,
    ...(Object.keys(counts).length > 0 ? { sample_count: counts } : {}),
    // The harness only warns of them; who reads the number must know.
    ...(missing.length > 0 ? { libra_missing_tasks: missing } : {}),
  };
}

/** Filter pipelines the members have for a metric, in the order of their names. */
function filtersOf(metric: string, entries: readonly ResultEntry[]): string[] {
  const prefix = `${metric},`;
  const names = entries.flatMap((entry) => Object.keys(entry).filter((key) => key.startsWith(prefix)));
  return [...new Set(names.map((key) => key.slice(prefix.length)))].sort();
}

function weightedMean(values: readonly number[], weights: readonly number[]): number {
  return sum(values.map((value, i) => value * weights[i]!)) / sum(weights);
}

/**
 * Standard error of the mean over all docs of all tasks: the pooled variance of the tasks' docs over their number, from the
 * tasks' own errors (sample standard deviation over sqrt(n)). 'N/A' when no task has two docs.
 */
export function pooledStderr(stderrs: readonly number[], sizes: readonly number[]): number | 'N/A' {
  const docs = sum(sizes);
  const freedom = docs - sizes.length;
  if (freedom <= 0) return 'N/A';
  const pooled = sum(stderrs.map((stderr, i) => (sizes[i]! - 1) * stderr ** 2 * sizes[i]!)) / freedom;
  return Math.sqrt(pooled / docs);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
