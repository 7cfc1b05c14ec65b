/** A split of a task's data set, from the files the user has. */
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { LibraError, messageOf } from '../domain/errors.ts';
import type { DatasetReader, Row } from './dataset.ts';
import { DATASET_READERS } from './datasets/index.ts';
import { findLocalFiles } from './find-local-files.ts';
import { openText } from './open-text.ts';
import { createShapeRow } from './shape-rows.ts';
import type { TaskSettings } from './task-settings.ts';
import { type Table, unifyRows } from './unify-rows.ts';

export type Split = Table;

/**
 * @param directories where relative data files are looked for, nearest first
 * @throws LibraError LIBRA_DATASET_MISSING when there is no such file, LIBRA_DATASET_INVALID when it can't be read
 */
export async function loadSplit(settings: TaskSettings, split: string, directories: readonly string[]): Promise<Split> {
  const local = await findLocalFiles(settings.local, split, [...directories, process.cwd()]);
  const files = local?.files ?? (await filesOf(settings, split, directories));
  const options = local?.layout.options ?? settings.datasetKwargs;
  const shapeRow = createShapeRow(local?.layout ?? null, local?.joined ?? null, settings.rows);
  const rows: Row[] = [];
  for (const file of files) {
    const reader = readerFor(file, local === null ? settings.datasetPath : null);
    const encoding = options.encoding;
    try {
      for (const row of await reader.read(openText(file, encoding == null ? undefined : String(encoding)), options)) {
        const shaped = shapeRow === null ? row : shapeRow(row);
        if (shaped !== null) rows.push(shaped);
      }
    } catch (error) {
      throw new LibraError('LIBRA_DATASET_INVALID', `${file} can't be read: ${messageOf(error)}.`, {
        hint: 'Correct the file; text must be UTF-8 unless `dataset_kwargs.encoding` names another encoding.',
        cause: error,
      });
    }
  }
  if (rows.length === 0) {
    throw new LibraError('LIBRA_DATASET_INVALID', `The split '${split}' of the task '${settings.name}' has no docs.`, {
      hint: `Check ${files.join(', ')}.`,
    });
  }
  return unifyRows(rows);
}

async function filesOf(settings: TaskSettings, split: string, directories: readonly string[]): Promise<string[]> {
  const { data_files: dataFiles, data_dir: dataDir } = settings.datasetKwargs;
  const bases = [...directories, process.cwd()];
  if (dataFiles != null) {
    const listed = listedFiles(dataFiles, split);
    if (listed === undefined) {
      throw new LibraError(
        'LIBRA_DATASET_MISSING',
        `The task '${settings.name}' has no data file for its split '${split}'.`,
        {
          hint: `Name one under \`dataset_kwargs.data_files.${split}\`.`,
        },
      );
    }
    const found: string[] = [];
    for (const pattern of listed) {
      const within = dataDir == null ? pattern : join(String(dataDir), pattern);
      const matches = await firstMatch(bases, within);
      if (matches.length === 0) throw missing(settings, `its data file ${within} is not there`);
      found.push(...matches);
    }
    return found;
  }
  const folder = await folderOf(settings, bases);
  const files = folder === undefined ? [] : await filesOfSplit(folder, split);
  if (files.length > 0) return files;
  const from = [settings.datasetPath, settings.datasetName].filter((part) => part !== null).join('/');
  throw missing(
    settings,
    folder === undefined
      ? `its data set ${from || '(unnamed)'} is not on this machine`
      : `${folder} holds no files of the split '${split}'`,
  );
}

function listedFiles(dataFiles: unknown, split: string): string[] | undefined {
  if (typeof dataFiles === 'string' || Array.isArray(dataFiles)) return [dataFiles].flat().map(String);
  const ofSplit = (dataFiles as Readonly<Record<string, unknown>>)[split];
  return ofSplit == null ? undefined : [ofSplit].flat().map(String);
}

function missing(settings: TaskSettings, why: string): LibraError {
  const { card, datasetPath } = settings;
  const from = card.source === null ? '' : `They come from: ${card.source.replace(/\.\s*$/, '')}. `;
  return new LibraError('LIBRA_DATASET_MISSING', `The task '${settings.name}' can't run: ${why}.`, {
    hint: `${from}Put JSONL, JSON, CSV or TSV files into a folder named ${datasetPath ?? 'after it'} below a --data-path.`,
  });
}

/** The files of a path (its last part may hold `*`) in the first base directory that has any. */
async function firstMatch(bases: readonly string[], pattern: string): Promise<string[]> {
  for (const base of isAbsolute(pattern) ? ['/'] : bases) {
    const path = resolve(base, pattern);
    if (!pattern.includes('*')) {
      if (await isFile(path)) return [path];
      continue;
    }
    const name = new RegExp(
      `^${basename(path)
        .split('*')
        .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
        .join('.*')}$`,
    );
    const entries = await readdir(dirname(path)).catch(() => []);
    const matches = entries.filter((entry) => name.test(entry)).sort();
    if (matches.length > 0) return matches.map((entry) => join(dirname(path), entry));
  }
  return [];
}

async function folderOf(settings: TaskSettings, bases: readonly string[]): Promise<string | undefined> {
  const { datasetPath, datasetName, datasetKwargs } = settings;
  const dataDir = datasetKwargs.data_dir;
  const isFormat = DATASET_READERS.some((reader) => reader.names.includes(datasetPath ?? ''));
  const root = isFormat ? (dataDir == null ? null : String(dataDir)) : datasetPath;
  if (root === null) return undefined;
  for (const base of bases) {
    for (const folder of [datasetName === null ? null : resolve(base, root, datasetName), resolve(base, root)]) {
      if (folder !== null && (await stat(folder).catch(() => null))?.isDirectory()) return folder;
    }
  }
  return undefined;
}

/** Other words file names use for a split. */
const SYNONYMS: Readonly<Record<string, readonly string[]>> = {
  validation: ['valid', 'val', 'dev'],
  test: ['eval'],
  train: ['training'],
};

/** `test.jsonl`, `test-00000-of-00002.csv`, `data/test.json.gz`, ... */
async function filesOfSplit(folder: string, split: string): Promise<string[]> {
  for (const name of [split, ...(SYNONYMS[split] ?? [])]) {
    const pattern = new RegExp(`(?:^|[-_.])${name.replace(/[^\w]/g, '.')}(?:[-_.]|$)`);
    for (const directory of [folder, join(folder, 'data'), join(folder, split)]) {
      const entries = await readdir(directory).catch(() => []);
      const matches = entries.filter(
        (entry) => (pattern.test(entry) || directory === join(folder, split)) && readerOf(entry) !== undefined,
      );
      if (matches.length > 0) return matches.sort().map((entry) => join(directory, entry));
    }
  }
  return [];
}

function readerOf(file: string): DatasetReader | undefined {
  const name = file.endsWith('.gz') ? file.slice(0, -3) : file;
  return DATASET_READERS.find((reader) => reader.extensions.some((extension) => name.endsWith(extension)));
}

function readerFor(file: string, datasetPath: string | null): DatasetReader {
  // What the task says counts more than the file's name.
  const reader = DATASET_READERS.find(({ names }) => names.includes(datasetPath ?? '')) ?? readerOf(file);
  if (reader !== undefined) return reader;
  throw new LibraError('LIBRA_DATASET_INVALID', `${file} is of a kind Libra does not read.`, {
    hint: 'Use JSONL, JSON, CSV, TSV or text, gzipped if you like.',
  });
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFile() === true;
}
