/** The files that `dataset_kwargs.data_files` names. */
import { isAbsolute, resolve } from 'node:path';
import { LibraError } from '../../../domain/errors.ts';
import { NO_SOURCES } from './data-sources.ts';
import type { SplitQuestion } from './find-files.ts';
import { isPattern, matchPaths } from './glob.ts';
import { isFile, listFilesBelow } from './list-files.ts';
import { missingData } from './missing-data.ts';

/** @throws LibraError LIBRA_DATASET_MISSING when the split has none, or one is not there */
export async function findNamedFiles(
  { settings, split }: SplitQuestion,
  bases: readonly string[],
  dataDir: string | null,
): Promise<string[]> {
  const listed = filesOfSplit(settings.datasetKwargs.data_files, split);
  if (listed === undefined) {
    throw new LibraError(
      'LIBRA_DATASET_MISSING',
      `The task '${settings.name}' has no data file for its split '${split}'.`,
      { hint: `Name one under \`dataset_kwargs.data_files.${split}\`.` },
    );
  }
  const found: string[] = [];
  for (const pattern of listed) {
    const within = dataDir === null ? pattern : `${dataDir}/${pattern}`;
    const matches = await firstMatch(bases, within);
    if (matches.length === 0) throw missingData(settings, `its data file ${within} is not there`, NO_SOURCES);
    found.push(...matches);
  }
  return found;
}

function filesOfSplit(dataFiles: unknown, split: string): string[] | undefined {
  if (typeof dataFiles === 'string' || Array.isArray(dataFiles)) return [dataFiles].flat().map(String);
  const ofSplit = (dataFiles as Readonly<Record<string, unknown>>)[split];
  return ofSplit == null ? undefined : [ofSplit].flat().map(String);
}

/** The files of a path or pattern in the first base directory that has any. */
async function firstMatch(bases: readonly string[], pattern: string): Promise<string[]> {
  if (!isPattern(pattern)) {
    for (const base of bases) {
      const path = resolve(base, pattern);
      if (isFile(path)) return [path];
    }
    return [];
  }
  // The part before the first pattern is a directory like any other.
  const segments = pattern.split('/');
  const first = segments.findIndex(isPattern);
  const fixed = segments.slice(0, first).join('/');
  for (const base of isAbsolute(pattern) ? ['/'] : bases) {
    const root = resolve(base, fixed === '' && isAbsolute(pattern) ? '/' : fixed || '.');
    const matches = matchPaths(segments.slice(first).join('/'), await listFilesBelow(root));
    if (matches.length > 0) return matches.map((path) => resolve(root, path));
  }
  return [];
}
