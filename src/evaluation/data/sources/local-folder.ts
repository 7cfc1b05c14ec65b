/** Finds a data set's folder on this machine by the natural spellings of its name. */
import { basename, isAbsolute, join, resolve } from 'node:path';
import { entriesOf, isFolder } from './list-files.ts';

/** `org/name` as people call its folder: `org/name`, `name`, `org__name`, `org--name`, ... */
export function spellingsOf(id: string): string[] {
  const parts = id.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.length !== 2 || parts.includes('..')) return [id];
  return [id, parts.join('__'), parts.join('--'), parts.join('___'), parts.join('_'), parts[1]!];
}

/** Folders that may be the data set, the likeliest first; upper and lower case are the same where nothing fits exactly. */
export function foldersOf(id: string, directories: readonly string[]): string[] {
  if (isAbsolute(id)) return isFolder(id) ? [id] : [];
  const found: string[] = [];
  for (const directory of directories) {
    const spellings = spellingsOf(id);
    for (const spelling of spellings) {
      const folder = resolve(directory, spelling);
      if (isFolder(folder)) found.push(folder);
    }
    // The directory may be the data set itself: --data-path /data/gsm8k.
    if (spellings.includes(basename(resolve(directory)))) found.push(resolve(directory));
    const wanted = new Set(spellings.map((spelling) => spelling.toLowerCase()));
    for (const entry of entriesOf(directory)) {
      const folder = join(directory, entry);
      if (wanted.has(entry.toLowerCase()) && !found.includes(folder) && isFolder(folder)) found.push(folder);
    }
  }
  return [...new Set(found)];
}
