/** Which tasks, groups and tags a set of directories holds, and what a name means. */
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { distance } from 'fastest-levenshtein';
import { LibraError, messageOf } from '../../domain/errors.ts';
import { createTaskFileReader, type TaskFile, type TaskFileReader } from './read-task-file.ts';
import { readYaml } from './read-yaml.ts';
import type { YamlFields } from './yaml-values.ts';

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
  /** Reads a file with what it includes; one that was read is known. */
  readonly read: TaskFileReader;
  /** What the files named by an `include:` in the file say together. */
  readonly readIncluded: (include: unknown, file: string) => Promise<Omit<TaskFile, 'path'>>;
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
  const ahead = readAhead();
  const { read, readIncluded } = createTaskFileReader(ahead.read);
  for (const root of includePaths) {
    const here = new Set<string>();
    const files = await yamlFilesBelow(resolve(root));
    for (const [at, path] of files.entries()) {
      if (at % AT_ONCE === 0) await ahead.start(files.slice(at, at + AT_ONCE));
      try {
        const file = await read(path);
        const isGroup = isGroupFile(file.fields);
        const name = isGroup ? file.fields.group : file.fields.task;
        // Anything else is a file that only others include.
        if (typeof name !== 'string') continue;
        if (here.has(name)) {
          problems.push({
            file: path,
            task: name,
            error: alreadyThere(name, path, tasks.get(name) ?? groups.get(name)),
          });
          continue;
        }
        here.add(name);
        // A later directory may make a group of what was a task, and the other way round.
        (isGroup ? tasks : groups).delete(name);
        (isGroup ? groups : tasks).set(name, file);
      } catch (error) {
        problems.push({ file: path, task: null, error: asTaskError(error, path) });
      }
    }
  }
  return { tasks, groups, tags: tagsOf(tasks), problems, read, readIncluded };
}

/** Before tags there were groups: beside a task's own name `group` means a tag. */
export function isGroupFile({ group, task }: YamlFields): boolean {
  return typeof group === 'string' && typeof task !== 'string';
}

/** Files that are being read at the same time; each open file counts against a limit of the process. */
const AT_ONCE = 64;

/** Files are read some ahead of their turn: a disk, and a network's all the more, answers many at once. */
function readAhead() {
  const known = new Map<string, Promise<YamlFields>>();
  const read = (file: string): Promise<YamlFields> => {
    const found = known.get(file) ?? readYaml(file);
    known.set(file, found);
    return found;
  };
  // What fails is told when its turn comes.
  return { read, start: (files: readonly string[]) => Promise.allSettled(files.map(read)) };
}

function alreadyThere(name: string, path: string, first: TaskFile | undefined): LibraError {
  return new LibraError('LIBRA_TASK_INVALID', `${path} defines '${name}' again; ${first?.path} has it already.`, {
    hint: 'Give one of the two another name.',
  });
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
