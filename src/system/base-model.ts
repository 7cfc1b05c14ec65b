/**
 * Where a base model lies on this machine, by the name an adapter or a user gives it: a directory, or a repository that
 * huggingface_hub has downloaded (https://huggingface.co/docs/huggingface_hub/guides/manage-cache). Nothing is ever downloaded.
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { LibraError } from '../domain/errors.ts';

export interface BaseModelSearch {
  /** Directory of the adapter, for relative paths; the working directory is tried before it. */
  readonly near?: string | null;
  /** Branch, tag or commit in the cache; main by default. */
  readonly revision?: string | null;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/**
 * @returns the absolute directory that holds its config.json
 * @throws LibraError LIBRA_BASE_MODEL_MISSING, with every place that was looked at
 */
export async function findBaseModel(name: string, search: BaseModelSearch = {}): Promise<string> {
  const { near = null, revision = null, env = process.env } = search;
  const looked: string[] = [];
  const directories = isAbsolute(name) ? [name] : [resolve(name), ...(near === null ? [] : [resolve(near, name)])];
  for (const directory of new Set(directories)) {
    looked.push(directory);
    if (await holdsModel(directory)) return directory;
  }
  const repository = repositoryName(name);
  if (repository !== null) {
    const home = join(cacheDirectory(env), repository);
    looked.push(home);
    const snapshot = await snapshotOf(home, revision ?? 'main');
    if (snapshot !== null && (await holdsModel(snapshot))) return snapshot;
  }
  throw new LibraError(
    'LIBRA_BASE_MODEL_MISSING',
    `the base model ${name} was not found (looked in ${looked.join(', ')})`,
    {
      hint: 'Name its directory: --base-model DIR, or base in the entry of runs; or download it into the Hugging Face cache.',
    },
  );
}

/** The directory of huggingface_hub's downloads, by its own environment variables in its own order. */
export function cacheDirectory(env: Readonly<Record<string, string | undefined>>): string {
  const expanded = (path: string) => path.replace(/^~(?=\/|$)/, homedir());
  const own = env.HF_HUB_CACHE || env.HUGGINGFACE_HUB_CACHE;
  if (own) return expanded(own);
  const home = env.HF_HOME || join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'huggingface');
  return join(expanded(home), 'hub');
}

/** `org/name` or `name` -> its folder in the cache; null for anything that is no name of a repository. */
function repositoryName(name: string): string | null {
  if (!/^[\w.-]+(?:\/[\w.-]+)?$/.test(name) || name.includes('..')) return null;
  return `models--${name.replace('/', '--')}`;
}

async function snapshotOf(home: string, revision: string): Promise<string | null> {
  const snapshots = join(home, 'snapshots');
  const known = await readdir(snapshots).catch(() => [] as string[]);
  const isPlain = /^[\w.-]+(?:\/[\w.-]+)*$/.test(revision) && !revision.includes('..');
  const commit = isPlain ? (await readFile(join(home, 'refs', revision), 'utf8').catch(() => revision)).trim() : '';
  const chosen = known.find((name) => name === commit) ?? (known.length === 1 ? known[0] : undefined);
  return chosen === undefined ? null : join(snapshots, chosen);
}

async function holdsModel(directory: string): Promise<boolean> {
  const config = await stat(join(directory, 'config.json')).catch(() => null);
  return config?.isFile() === true;
}
