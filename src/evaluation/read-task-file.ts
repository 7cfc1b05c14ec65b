/** A task file with everything it includes, merged as the harness merges: later includes win over earlier, the file itself over all. */
import { dirname, isAbsolute, resolve } from 'node:path';
import { LibraError } from '../domain/errors.ts';
import { readYaml, type YamlFields } from './read-yaml.ts';

export interface TaskFile {
  readonly path: string;
  readonly fields: YamlFields;
  /** Directories of the file and of what it includes, nearest first: data files are looked for there. */
  readonly directories: readonly string[];
}

/** @throws LibraError LIBRA_TASK_INVALID for wrong YAML, a missing include or a circle of includes */
export async function readTaskFile(
  path: string,
  read = readYaml,
  seen: ReadonlySet<string> = new Set(),
): Promise<TaskFile> {
  const file = resolve(path);
  if (seen.has(file)) {
    throw new LibraError('LIBRA_TASK_INVALID', `${file} includes itself.`, {
      hint: 'Break the circle of `include:` keys.',
    });
  }
  const { include, ...own } = await readOrExplain(file, read, [...seen].at(-1));
  if (include == null) return { path: file, fields: own, directories: [dirname(file)] };

  let fields: YamlFields = {};
  const directories = new Set([dirname(file)]);
  for (const entry of Array.isArray(include) ? include : [include]) {
    const target = String(entry);
    const included = await readTaskFile(
      isAbsolute(target) ? target : resolve(dirname(file), target),
      read,
      new Set([...seen, file]),
    );
    const { task_list: _onlyForTheIncludedFile, ...inherited } = included.fields;
    fields = { ...fields, ...inherited };
    for (const directory of included.directories) directories.add(directory);
  }
  return { path: file, fields: { ...fields, ...own }, directories: [...directories] };
}

async function readOrExplain(file: string, read: typeof readYaml, includedBy: string | undefined): Promise<YamlFields> {
  try {
    return await read(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (includedBy === undefined || code !== 'ENOENT') throw error;
    throw new LibraError('LIBRA_TASK_INVALID', `${includedBy} includes ${file}, which does not exist.`, {
      hint: 'Correct the path of `include:`; it is relative to the file it stands in.',
      cause: error,
    });
  }
}
