/** What a name stands for: a task, a tag, a pattern with `*`, or a group with its members, the groups within and what they set over their tasks. */

import { dirname } from 'node:path';
import { LibraError } from '../../domain/errors.ts';
import { wildcard } from '../../system/wildcard.ts';
import type { TaskFile } from './read-task-file.ts';
import { GROUP_KEYS, readGroup, type TaskGroup } from './task-group.ts';
import { asTaskError, isGroupFile, nearestTo, type TaskIndex, type TaskProblem } from './task-index.ts';
import type { YamlFields } from './yaml-values.ts';

/** One task to build: its file and the keys a group sets over it. */
export interface TaskChoice {
  readonly name: string;
  readonly file: TaskFile;
  readonly overrides: YamlFields;
}

export interface ChosenTasks {
  readonly choices: readonly TaskChoice[];
  /** The group that was named, when one was. */
  readonly group: TaskGroup | null;
  /** Members of groups that can't be found; the others go on. */
  readonly problems: readonly TaskProblem[];
}

/** @throws LibraError LIBRA_TASK_UNKNOWN with the nearest name, LIBRA_TASK_INVALID for a group that contains itself */
export async function chooseTasks(index: TaskIndex, name: string): Promise<ChosenTasks> {
  const choosing = { index, problems: [] };
  const found = await choose(choosing, name, {}, []);
  if (found === undefined) throw unknownTask(index, name);
  return { ...found, problems: choosing.problems };
}

interface Choosing {
  readonly index: TaskIndex;
  readonly problems: TaskProblem[];
}

type Found = Pick<ChosenTasks, 'choices' | 'group'>;

/** @param within names of the groups around it */
async function choose(
  choosing: Choosing,
  name: string,
  overrides: YamlFields,
  within: readonly string[],
): Promise<Found | undefined> {
  const { index } = choosing;
  const group = index.groups.get(name);
  if (group !== undefined) return chooseGroup(choosing, name, group.fields, group, overrides, within);
  const file = index.tasks.get(name);
  if (file !== undefined) return { choices: [{ name, file, overrides }], group: null };
  const tagged = index.tags.get(name) ?? matching(index, name);
  if (tagged.length > 0) {
    return { choices: tagged.map((task) => ({ name: task, file: index.tasks.get(task)!, overrides })), group: null };
  }
  return /\.ya?ml$/.test(name) ? chooseFile(choosing, name, overrides, within) : undefined;
}

async function chooseFile(
  choosing: Choosing,
  path: string,
  overrides: YamlFields,
  within: readonly string[],
): Promise<Found | undefined> {
  const file = await choosing.index.read(path);
  const { group, task } = file.fields;
  if (isGroupFile(file.fields)) return chooseGroup(choosing, String(group), file.fields, file, overrides, within);
  return typeof task === 'string' ? { choices: [{ name: task, file, overrides }], group: null } : undefined;
}

async function chooseGroup(
  choosing: Choosing,
  name: string,
  fields: YamlFields,
  file: TaskFile,
  overrides: YamlFields,
  within: readonly string[],
): Promise<Found> {
  if (within.includes(name)) {
    throw invalid(file.path, `the group '${name}' contains itself`, 'Take it out of its own members.');
  }
  const own = Object.fromEntries(Object.entries(fields).filter(([key]) => !GROUP_KEYS.includes(key)));
  const merged = { ...own, ...overrides };
  const choices: TaskChoice[] = [];
  const members = new Map<string, string | TaskGroup>();
  const missing: string[] = [];
  for (const member of [fields.task ?? []].flat() as unknown[]) {
    try {
      const found = await chooseMember(choosing, name, member, file, merged, [...within, name]);
      choices.push(...found.choices);
      if (found.group !== null) members.set(found.group.name, found.group);
      else for (const choice of found.choices) members.set(choice.name, choice.name);
    } catch (error) {
      const task = nameOf(member);
      if (error instanceof LibraError && error.message.includes('contains itself')) throw error;
      missing.push(task ?? '(without a name)');
      choosing.problems.push({ file: file.path, task, error: asTaskError(error, file.path) });
    }
  }
  return { choices, group: { ...readGroup(name, fields, file.path), members: [...members.values()], missing } };
}

function nameOf(member: unknown): string | null {
  if (typeof member === 'string') return member;
  const { task, group } = (member ?? {}) as YamlFields;
  return typeof task === 'string' ? task : typeof group === 'string' ? group : null;
}

/** A member is a name, or a mapping: a task or group with keys set over it, a group or a task of its own. */
async function chooseMember(
  choosing: Choosing,
  group: string,
  member: unknown,
  file: TaskFile,
  overrides: YamlFields,
  within: readonly string[],
): Promise<Found> {
  const { index } = choosing;
  const name = nameOf(member);
  if (name === null) {
    throw invalid(
      file.path,
      `a member of the group '${group}' has neither \`task\` nor \`group\``,
      'A member is a name, or a mapping with a name under `task` or `group`.',
    );
  }
  if (typeof member === 'string') {
    const found = await choose(choosing, name, overrides, within);
    if (found === undefined) throw unknownTask(index, name, group);
    return found;
  }
  const { task: _task, group: subgroup, ...set } = member as YamlFields;
  if (typeof subgroup === 'string' && !index.groups.has(subgroup)) {
    return chooseGroup(choosing, `${group}::${subgroup}`, member as YamlFields, file, overrides, within);
  }
  const found = await choose(choosing, name, { ...overrides, ...set }, within);
  return found ?? inlineTask(index, group, name, set, file, overrides);
}

/** A task that a group file writes out itself; it is named after the group, too. */
async function inlineTask(
  index: TaskIndex,
  group: string,
  name: string,
  fields: YamlFields,
  file: TaskFile,
  overrides: YamlFields,
): Promise<Found> {
  const { include, ...own } = fields;
  if (
    include == null &&
    !['dataset_path', 'dataset_kwargs', 'custom_dataset'].some((key) => key in { ...overrides, ...own })
  ) {
    throw unknownTask(index, name, group);
  }
  const included = await index.readIncluded(include, file.path);
  const task = `${group}::${name}`;
  return {
    choices: [
      {
        name: task,
        file: {
          path: file.path,
          fields: { ...included.fields, ...overrides, ...own, task },
          directories: [...new Set([dirname(file.path), ...included.directories])],
        },
        overrides: {},
      },
    ],
    group: null,
  };
}

function matching(index: TaskIndex, name: string): string[] {
  if (!/[*?]/.test(name)) return [];
  const pattern = wildcard(name);
  return [...index.tasks.keys()].filter((task) => pattern.test(task)).sort();
}

function unknownTask(index: TaskIndex, name: string, group?: string): LibraError {
  const broken = index.problems.find(({ file, task }) => task === name || /([^/]*)\.ya?ml$/.exec(file)?.[1] === name);
  const nearest = nearestTo(name, [...index.tasks.keys(), ...index.groups.keys(), ...index.tags.keys()]);
  const hint =
    broken !== undefined
      ? `${broken.file} could not be read: ${broken.error.message}`
      : nearest === undefined
        ? 'Give the directory of its YAML with --include-path.'
        : `Did you mean '${nearest}'? \`libra tasks list\` shows all.`;
  const where = group === undefined ? '' : `, which the group '${group}' names`;
  return new LibraError('LIBRA_TASK_UNKNOWN', `There is no task, group or tag named '${name}'${where}.`, { hint });
}

function invalid(file: string, what: string, hint: string): LibraError {
  return new LibraError('LIBRA_TASK_INVALID', `${file}: ${what}.`, { hint });
}
