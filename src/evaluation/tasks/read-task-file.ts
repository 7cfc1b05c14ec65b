/** A task file with everything it includes, merged as the harness merges: later includes win over earlier, the file itself over all. */
import { dirname, isAbsolute, resolve } from 'node:path';
import { LibraError } from '../../domain/errors.ts';
import { readYaml, type YamlFields } from './read-yaml.ts';

export interface TaskFile {
  readonly path: string;
  readonly fields: YamlFields;
  /** Directories of the file and of what it includes, nearest first: data files are looked for there. */
  readonly directories: readonly string[];
}

/** Reads task files; each is read and merged once, however many include it. */
export type TaskFileReader = (path: string) => Promise<TaskFile>;

/** What several files say together. */
export type MergedFiles = Omit<TaskFile, 'path'>;

export function createTaskFileReader(read = readYaml): {
  readonly read: TaskFileReader;
  /** The files that an `include:` of `file` names; nothing for null. */
  readonly readIncluded: (include: unknown, file: string) => Promise<MergedFiles>;
} {
  const known = new Map<string, Promise<TaskFile>>();
  const readMerged = (file: string, includedBy: readonly string[]): Promise<TaskFile> => {
    // Who waits for a file that waits for him would wait for ever.
    if (includedBy.includes(file)) return Promise.reject(circle([...includedBy, file]));
    const found = known.get(file) ?? merge(file, includedBy);
    known.set(file, found);
    return found;
  };
  const merge = async (file: string, includedBy: readonly string[]): Promise<TaskFile> => {
    const { include, ...own } = await readOrExplain(file, read, includedBy.at(-1));
    const included = await mergeIncluded(include, file, includedBy);
    const directories = new Set([dirname(file), ...included.directories]);
    return { path: file, fields: { ...included.fields, ...own }, directories: [...directories] };
  };
  const mergeIncluded = async (
    include: unknown,
    file: string,
    includedBy: readonly string[] = [],
  ): Promise<MergedFiles> => {
    const fields: Record<string, unknown> = {};
    const directories: string[] = [];
    for (const entry of include == null ? [] : [include].flat()) {
      const included = await readMerged(targetOf(entry, file), [...includedBy, file]);
      const { task_list: _onlyForTheIncludedFile, ...inherited } = included.fields;
      Object.assign(fields, inherited);
      directories.push(...included.directories);
    }
    return { fields, directories };
  };
  return {
    read: (path) => readMerged(resolve(path), []),
    readIncluded: (include, file) => mergeIncluded(include, file),
  };
}

/** @throws LibraError LIBRA_TASK_INVALID for wrong YAML, a missing include or a circle of includes */
export function readTaskFile(path: string, read = readYaml): Promise<TaskFile> {
  return createTaskFileReader(read).read(path);
}

function targetOf(entry: unknown, file: string): string {
  if (typeof entry !== 'string' || entry === '') {
    throw new LibraError('LIBRA_TASK_INVALID', `${file}: \`include\` holds ${JSON.stringify(entry)}.`, {
      hint: 'Name a file, or list several; a path is relative to the file it stands in.',
    });
  }
  return isAbsolute(entry) ? entry : resolve(dirname(file), entry);
}

function circle(files: readonly string[]): LibraError {
  const round = files.slice(files.indexOf(files.at(-1)!));
  return new LibraError('LIBRA_TASK_INVALID', `${round[0]} includes itself${by(round)}.`, {
    hint: 'Break the circle of `include:` keys.',
  });
}

function by(round: readonly string[]): string {
  return round.length > 2 ? `, by ${round.slice(1, -1).join(' and ')}` : '';
}

async function readOrExplain(file: string, read: typeof readYaml, includedBy: string | undefined): Promise<YamlFields> {
  try {
    return await read(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (includedBy === undefined || (code !== 'ENOENT' && code !== 'EISDIR')) throw error;
    throw new LibraError('LIBRA_TASK_INVALID', `${includedBy} includes ${file}, which is no file.`, {
      hint: 'Correct the path of `include:`; it is relative to the file it stands in.',
      cause: error,
    });
  }
}
