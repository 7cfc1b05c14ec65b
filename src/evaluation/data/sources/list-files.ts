/** All files below a directory, relative and with `/`; links are followed (a hub cache is made of them), hidden places are not. */
import { readdirSync, statSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Enough for any data set, few enough that a directory named by mistake does not hang the search. */
const MOST_FILES = 20_000;
const DEEPEST = 8;

/** Empty when it can't be read. */
export async function listFilesBelow(root: string): Promise<string[]> {
  const files: string[] = [];
  const walk = async (within: string, depth: number): Promise<void> => {
    const entries = await readdir(join(root, within), { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      if (files.length >= MOST_FILES || entry.name.startsWith('.')) continue;
      const path = within === '' ? entry.name : `${within}/${entry.name}`;
      const isDirectory = entry.isSymbolicLink() ? isFolder(join(root, path)) : entry.isDirectory();
      if (!isDirectory) files.push(path);
      else if (depth < DEEPEST) await walk(path, depth + 1);
    }
  };
  await walk('', 0);
  return files.sort();
}

/*
 * The library asks for hundreds of data sets by dozens of names each, most of them not there. Such a question takes the file system
 * microseconds; through the thread pool it takes many times that.
 */

export function isFolder(path: string): boolean {
  return facts(path)?.isDirectory() === true;
}

export function isFile(path: string): boolean {
  return facts(path)?.isFile() === true;
}

/** What directories held when they were last changed: hundreds of tasks look into the same few. */
const KNOWN = new Map<string, { readonly changedAt: bigint; readonly names: readonly string[] }>();
const MOST_KNOWN = 1000;

/** Names in a directory; none when it can't be read. */
export function entriesOf(directory: string): readonly string[] {
  try {
    const changedAt = statSync(directory, { bigint: true }).mtimeNs;
    const known = KNOWN.get(directory);
    if (known?.changedAt === changedAt) return known.names;
    const names = readdirSync(directory);
    if (KNOWN.size >= MOST_KNOWN) KNOWN.clear();
    KNOWN.set(directory, { changedAt, names });
    return names;
  } catch {
    return [];
  }
}

function facts(path: string) {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** Bytes of a text that is read as a whole beside the data. */
const SMALL = 1 << 20;

/** A small text, or empty when there is none. */
export async function readIfThere(path: string): Promise<string> {
  const size = facts(path)?.size ?? 0;
  return size === 0 || size > SMALL ? '' : readFile(path, 'utf8').catch(() => '');
}
