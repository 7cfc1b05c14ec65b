/** Which tasks, groups and tags a set of directories holds, and what a name means. */
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { distance } from 'fastest-levenshtein';
import { LibraError, messageOf } from '../domain/errors.ts';
import { readTaskFile, type TaskFile } from './read-task-file.ts';
import { readYaml, type YamlFields } from './read-yaml.ts';

/** A file that could not be used, and why; the others go on. */
export interface TaskProblem {
  readonly file: string;
  /** Name of the task, where the file got far enough to have one. */
  readonly task: string | null;
  readonly error: LibraError;
}

export interface TaskIndex {
  readonly tasks: ReadonlyMap<string, TaskFile>;
  readonly groups: ReadonlyMap<string, TaskFile>;
  readonly tags: ReadonlyMap<string, readonly string[]>;
  readonly problems: readonly TaskProblem[];
}

/** One task to build: its file and the keys a group sets over it. */
export interface TaskChoice {
  readonly file: TaskFile;
  readonly overrides: YamlFields;
}

const IGNORED_DIRECTORIES = new Set(['__pycache__', '.ipynb_checkpoints', '.git', 'node_modules']);

/**
 * Reads every *.yaml below the directories (a single file is taken as it is). Of two tasks with the same name in one
 * directory the first counts and the other is a problem; a later directory replaces an earlier one's, so users can override.
 */
export async function indexTasks(includePaths: readonly string[]): Promise<TaskIndex> {
  const tasks = new Map<string, TaskFile>();
  const groups = new Map<string, TaskFile>();
  const problems: TaskProblem[] = [];
  const read = remember(readYaml);
  for (const root of includePaths) {
    const here = new Set<string>();
    for (const path of await yamlFilesBelow(resolve(root))) {
      try {
        const file = await readTaskFile(path, read);
        const { group, task } = file.fields;
        const isGroup = typeof group === 'string' && (Array.isArray(task) || task == null || typeof task === 'object');
        const name = isGroup ? group : task;
        // Anything else is a file that only others include.
        if (typeof name !== 'string') continue;
        if (here.has(name)) {
          const first = (isGroup ? groups : tasks).get(name)?.path;
          problems.push({
            file: path,
            task: name,
            error: new LibraError('LIBRA_TASK_INVALID', `${path} defines '${name}' again; ${first} has it already.`, {
              hint: 'Give one of the two another name.',
            }),
          });
          continue;
        }
        here.add(name);
        (isGroup ? groups : tasks).set(name, file);
      } catch (error) {
        problems.push({ file: path, task: null, error: asTaskError(error, path) });
      }
    }
  }
  return { tasks, groups, tags: tagsOf(tasks), problems };
}

/**
 * The tasks a name stands for: a task, a group (with its overrides), a tag, or a pattern with `*`.
 * @throws LibraError LIBRA_TASK_UNKNOWN with the nearest name
 */
export function chooseTasks(
  index: TaskIndex,
  name: string,
  overrides: YamlFields = {},
  path: readonly string[] = [],
): TaskChoice[] {
  if (path.includes(name)) {
    throw new LibraError('LIBRA_TASK_INVALID', `The group '${name}' contains itself.`, {
      hint: 'Take it out of its own members.',
    });
  }
  const group = index.groups.get(name);
  if (group !== undefined) return membersOf(index, group.fields, overrides, [...path, name]);
  const file = index.tasks.get(name);
  if (file !== undefined) return [{ file, overrides }];
  const tagged = index.tags.get(name);
  if (tagged !== undefined) return tagged.flatMap((member) => chooseTasks(index, member, overrides, [...path, name]));
  if (name.includes('*')) {
    const pattern = new RegExp(`^${name.split('*').map(escapeRegex).join('.*')}$`);
    const matches = [...index.tasks.keys()].filter((task) => pattern.test(task)).sort();
    if (matches.length > 0) return matches.flatMap((task) => chooseTasks(index, task, overrides, path));
  }
  throw unknownTask(index, name);
}

/** Keys of a group file that say something about the group, not about its tasks. */
const GROUP_KEYS = new Set([
  'group',
  'group_alias',
  'task',
  'aggregate_metric_list',
  'metadata',
  'tag',
  'include',
  'task_alias',
]);

function membersOf(index: TaskIndex, group: YamlFields, overrides: YamlFields, path: readonly string[]): TaskChoice[] {
  const own = Object.fromEntries(Object.entries(group).filter(([key]) => !GROUP_KEYS.has(key)));
  const merged = { ...own, ...overrides };
  const members = Array.isArray(group.task) ? group.task : [group.task];
  return members.flatMap((member: unknown): TaskChoice[] => {
    if (typeof member === 'string') return chooseTasks(index, member, merged, path);
    if (typeof member !== 'object' || member === null) return [];
    const entry = member as YamlFields;
    if (typeof entry.group === 'string') {
      return index.groups.has(entry.group)
        ? chooseTasks(index, entry.group, merged, path)
        : membersOf(index, entry, merged, path);
    }
    const { task, ...own } = entry;
    return chooseTasks(index, String(task), { ...merged, ...own }, path);
  });
}

function unknownTask(index: TaskIndex, name: string): LibraError {
  const broken = index.problems.find((problem) => problem.file.endsWith(`/${name}.yaml`));
  const nearest = nearestTo(name, [...index.tasks.keys(), ...index.groups.keys(), ...index.tags.keys()]);
  const hint =
    broken !== undefined
      ? `${broken.file} could not be read: ${broken.error.message}`
      : nearest === undefined
        ? 'Give the directory of its YAML with --include-path.'
        : `Did you mean '${nearest}'? \`libra tasks list\` shows all.`;
  return new LibraError('LIBRA_TASK_UNKNOWN', `There is no task, group or tag named '${name}'.`, { hint });
}

/** The nearest of the candidates, or undefined when none is near. */
export function nearestTo(name: string, candidates: readonly string[]): string | undefined {
  let best: { readonly candidate: string; readonly far: number } | undefined;
  for (const candidate of candidates) {
    const far = distance(name, candidate);
    if (best === undefined || far < best.far) best = { candidate, far };
  }
  return best !== undefined && best.far <= Math.max(2, Math.floor(name.length * 0.4)) ? best.candidate : undefined;
}

export function asTaskError(error: unknown, file: string): LibraError {
  if (error instanceof LibraError) return error;
  return new LibraError('LIBRA_TASK_INVALID', `${file}: ${messageOf(error)}`, {
    hint: 'Correct the task file, or take it out of the include path.',
    cause: error,
  });
}

function tagsOf(tasks: ReadonlyMap<string, TaskFile>): Map<string, string[]> {
  const tags = new Map<string, string[]>();
  for (const [name, file] of [...tasks].sort(([a], [b]) => (a < b ? -1 : 1))) {
    // Before tags there were groups: `group:` beside a task's own name means the same.
    const { tag, group } = file.fields;
    for (const one of [tag, group].flat()) {
      if (typeof one === 'string' && one !== name) tags.set(one, [...(tags.get(one) ?? []), name]);
    }
  }
  return tags;
}

async function yamlFilesBelow(root: string): Promise<string[]> {
  if (/\.ya?ml$/.test(root)) return [root];
  const files: string[] = [];
  const walk = async (directory: string): Promise<void> => {
    for (const entry of await readdir(directory, { withFileTypes: true })) {
      const path = join(directory, entry.name);
      if (entry.isDirectory()) {
        if (!IGNORED_DIRECTORIES.has(entry.name)) await walk(path);
      } else if (entry.name.endsWith('.yaml') || entry.name.endsWith('.yml')) files.push(path);
    }
  };
  try {
    await walk(root);
  } catch (error) {
    throw new LibraError('LIBRA_DIRECTORY_MISSING', `The task directory ${root} can't be read: ${messageOf(error)}.`, {
      hint: 'Correct --include-path.',
      cause: error,
    });
  }
  return files.sort();
}

/** Included files are read once, however many include them. */
function remember(read: typeof readYaml): typeof readYaml {
  const seen = new Map<string, Promise<YamlFields>>();
  return (file) => {
    const known = seen.get(file) ?? read(file);
    seen.set(file, known);
    return known;
  };
}

function escapeRegex(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
