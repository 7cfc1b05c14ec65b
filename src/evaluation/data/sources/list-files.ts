/** All files below a directory, relative and with `/`; links are followed (a hub cache is made of them), hidden places are not. */
import { readdir, readFile, stat } from 'node:fs/promises';
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
      const isDirectory = entry.isSymbolicLink() ? await isFolder(join(root, path)) : entry.isDirectory();
      if (!isDirectory) files.push(path);
      else if (depth < DEEPEST) await walk(path, depth + 1);
    }
  };
  await walk('', 0);
  return files.sort();
}

export async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() === true;
}

export async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFile() === true;
}

/** Bytes of a text that is read as a whole beside the data. */
const SMALL = 1 << 20;

/** A small text, or empty when there is none. */
export async function readIfThere(path: string): Promise<string> {
  const size = (await stat(path).catch(() => null))?.size ?? 0;
  return size === 0 || size > SMALL ? '' : readFile(path, 'utf8').catch(() => '');
}
