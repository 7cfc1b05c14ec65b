/** A group of tasks: its members in their order, and how their scores become one (lm-evaluation-harness's group files). */
import { z } from 'zod';
import { LibraError } from '../../domain/errors.ts';
import { pythonStr } from '../python/python-value.ts';
import { findFunction, type YamlFields } from './yaml-values.ts';

export interface TaskGroup {
  readonly name: string;
  readonly alias: string;
  /** metadata.version of the group, `N/A` without one (as the harness writes it). */
  readonly version: string;
  /** Empty for a group that only stands for its members. */
  readonly aggregates: readonly GroupAggregate[];
  /** Tasks by name, and groups within. */
  readonly members: readonly (string | TaskGroup)[];
  /** Members that could not be found. */
  readonly missing: readonly string[];
}

/** One entry of `aggregate_metric_list`. The only aggregation there is is the mean. */
export interface GroupAggregate {
  readonly metric: string;
  /** Names of filter pipelines; null for every one the members have. */
  readonly filters: readonly string[] | null;
  readonly weightBySize: boolean;
}

/** Keys of a group file that say something about the group itself; the others are set over its tasks. */
export const GROUP_KEYS: readonly string[] = ['group', 'group_alias', 'task', 'aggregate_metric_list', 'metadata'];

const aggregate = z
  .strictObject({
    metric: z.string(),
    filter_list: z
      .union([z.string(), z.array(z.string())])
      .nullish()
      .transform((filters) => (filters == null ? null : [filters].flat())),
    aggregation: z.literal('mean').nullish(),
    weight_by_size: z.boolean().default(true),
    // Some files have it here; the members say it themselves.
    higher_is_better: z.boolean().nullish(),
  })
  .transform(
    ({ metric, filter_list, weight_by_size }): GroupAggregate => ({
      metric,
      filters: filter_list,
      weightBySize: weight_by_size,
    }),
  );

const schema = z.object({
  group_alias: z.string().nullish(),
  aggregate_metric_list: z.preprocess((list) => (list == null ? [] : [list].flat()), z.array(aggregate)),
});

/**
 * The group without its members.
 * @throws LibraError LIBRA_TASK_INVALID naming the key
 */
export function readGroup(name: string, fields: YamlFields, file: string): Omit<TaskGroup, 'members' | 'missing'> {
  const reference = findFunction(fields.aggregate_metric_list);
  if (reference !== undefined) {
    throw new LibraError(
      'LIBRA_TASK_INVALID',
      `${reference.file}:${reference.line}: the group '${name}' aggregates in Python (\`!function ${reference.name}\`), which Libra does not run.`,
      { hint: 'Take the mean of a metric, or evaluate its tasks by their own names.' },
    );
  }
  const parsed = schema.safeParse(fields);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new LibraError(
      'LIBRA_TASK_INVALID',
      `${file}: the group '${name}': \`${issue.path.join('.')}\`: ${issue.message}.`,
      {
        hint: "An entry of aggregate_metric_list has the keys metric, filter_list, weight_by_size and aggregation, which is 'mean'.",
      },
    );
  }
  const { metadata } = fields;
  const version = typeof metadata === 'object' && metadata !== null ? (metadata as YamlFields).version : undefined;
  return {
    name,
    alias: parsed.data.group_alias ?? name,
    version: version == null ? 'N/A' : pythonStr(version),
    aggregates: parsed.data.aggregate_metric_list,
  };
}

/** The group and every group within, the innermost first. */
export function groupsWithin(group: TaskGroup): TaskGroup[] {
  return [...group.members.flatMap((member) => (typeof member === 'string' ? [] : groupsWithin(member))), group];
}

/** Names of all tasks in the group and the groups within, each once. */
export function tasksWithin(group: TaskGroup): string[] {
  return [...new Set(group.members.flatMap((member) => (typeof member === 'string' ? [member] : tasksWithin(member))))];
}
