/** The files of a task's split where its authors' layout has them, below the directories of data sets. */
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { messageOf } from '../../domain/errors.ts';
import { parseTolerantJson } from '../../system/json.ts';
import { wildcard } from '../../system/wildcard.ts';
import { isDict } from '../python/python-value.ts';
import type { LocalLayout } from './local-layout.ts';
import type { JoinedRows } from './shape-rows.ts';
import { entriesOf, isFile } from './sources/list-files.ts';

export interface LocalFiles {
  readonly layout: LocalLayout;
  /** Absolute, in the order of their rows. */
  readonly files: readonly string[];
  readonly joined: JoinedRows;
}

/** Answers are small beside their questions; what is larger is no file of answers. */
const LARGEST_JOIN = 64 * 2 ** 20;

/**
 * The first layout and directory that have all files of the split; null when none has.
 * @throws Error when a file to join is there and can't be read
 */
export async function findLocalFiles(
  layouts: readonly LocalLayout[],
  split: string,
  directories: readonly string[],
): Promise<LocalFiles | null> {
  for (const layout of layouts) {
    const names = layout.files[split];
    if (names === undefined) continue;
    for (const folder of directories.flatMap((directory) => placesOf(layout, directory))) {
      const files = allOf(folder, names);
      if (files === null) continue;
      if (layout.join === null) return { layout, files, joined: null };
      const other = join(folder, layout.join.file);
      if (isFile(other)) return { layout, files, joined: await readJoined(other) };
    }
  }
  return null;
}

/** A folder below the directory, or the directory itself when it is that folder: --data-path data/cmmlu. */
function placesOf({ folders }: LocalLayout, directory: string): string[] {
  const here = resolve(directory);
  return folders.flatMap((folder) => [resolve(here, folder), ...(basename(here) === basename(folder) ? [here] : [])]);
}

function allOf(folder: string, names: readonly string[]): string[] | null {
  const found: string[] = [];
  for (const name of names) {
    const matches = matching(join(folder, name));
    if (matches.length === 0) return null;
    found.push(...matches);
  }
  return found;
}

function matching(path: string): string[] {
  const name = basename(path);
  if (!name.includes('*')) {
    for (const candidate of [path, `${path}.gz`]) if (isFile(candidate)) return [candidate];
    return [];
  }
  const pattern = wildcard(name);
  return entriesOf(dirname(path))
    .filter((entry) => pattern.test(entry))
    .sort()
    .map((entry) => join(dirname(path), entry));
}

async function readJoined(file: string): Promise<JoinedRows> {
  const { size } = await stat(file);
  if (size > LARGEST_JOIN) throw new Error(`${file} is too large to be joined`);
  try {
    const value = parseTolerantJson(await readFile(file, 'utf8'));
    if (isDict(value) && Object.values(value).every(isDict)) return value as JoinedRows;
  } catch (error) {
    throw new Error(`${file} is not JSON (${messageOf(error)})`);
  }
  throw new Error(`${file} holds no object of objects`);
}
