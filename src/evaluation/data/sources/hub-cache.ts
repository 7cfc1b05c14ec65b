/** Data sets in the cache of the Hugging Face hub: `datasets--org--name/snapshots/<commit>/...`, named by `refs/<revision>`. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isFolder, readIfThere } from './list-files.ts';

export const PARQUET_REVISION = 'refs/convert/parquet';

/** In a snapshot that Libra brought: all paths of its revision, of which only those asked for are there. */
export const LISTING = '.paths.json';

/** The paths of a snapshot's whole revision, where they are known. */
export async function listingOf(snapshot: string): Promise<string[] | null> {
  try {
    const paths: unknown = JSON.parse(await readIfThere(join(snapshot, LISTING)));
    return Array.isArray(paths) ? paths.map(String) : null;
  } catch {
    return null;
  }
}

export function cacheFolderOf(id: string): string {
  return `datasets--${id.replaceAll('/', '--')}`;
}

/**
 * Snapshots of a data set, the likeliest first: the revision asked for, its conversion to Parquet, and unless a revision is
 * insisted on any other that is there, the newest first.
 */
export async function snapshotsOf(id: string, revision: string | null, caches: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const cache of caches) {
    const root = join(cache, cacheFolderOf(id));
    const snapshots = join(root, 'snapshots');
    const named = revision === null ? ['main', PARQUET_REVISION] : [revision, PARQUET_REVISION];
    for (const name of named) {
      const commit = (await readIfThere(join(root, 'refs', name))).trim();
      for (const folder of [commit, name]) {
        const path = join(snapshots, folder);
        if (folder !== '' && !folder.includes('..') && isFolder(path)) found.push(path);
      }
    }
    if (revision === null) found.push(...(await newestFirst(snapshots)));
  }
  return [...new Set(found)];
}

async function newestFirst(snapshots: string): Promise<string[]> {
  const names = await readdir(snapshots).catch(() => []);
  const dated = await Promise.all(
    names.map(async (name) => ({
      path: join(snapshots, name),
      at: (await stat(join(snapshots, name)).catch(() => null))?.mtimeMs ?? 0,
    })),
  );
  return dated.sort((a, b) => b.at - a.at).map(({ path }) => path);
}

/** Where `datasets` keeps a prepared copy, if it does: those tables are of its own format. */
export async function preparedCopyOf(id: string, caches: readonly string[]): Promise<string | null> {
  const name = id.split('/').join('___');
  for (const cache of caches) {
    for (const folder of [name, name.toLowerCase()]) {
      const path = join(cache, folder);
      if (isFolder(path)) return path;
    }
  }
  return null;
}
