/** A split of a task's data set, from the files the user has. */
import { extname } from 'node:path';
import { LibraError, messageOf } from '../../domain/errors.ts';
import type { DatasetReader } from './dataset.ts';
import { DATASET_READERS } from './datasets/index.ts';
import { findLocalFiles } from './find-local-files.ts';
import type { KeepLimits } from './keep-docs.ts';
import { NotThisEncoding, openData } from './open-data.ts';
import { readSplit, type Split, UnreadableFile } from './read-split.ts';
import { createShapeRow } from './shape-rows.ts';
import { readerTakes } from './sources/choose-files.ts';
import type { DataSources } from './sources/data-sources.ts';
import { findFiles, type SplitQuestion } from './sources/find-files.ts';
import { findEncoding } from './text-encoding.ts';

export interface LoadedSplit extends Split {
  /** Absolute paths, in the order of their rows. */
  readonly files: readonly string[];
}

/**
 * @throws LibraError LIBRA_DATASET_MISSING when there is no such file, LIBRA_DATASET_INVALID when it can't be read
 */
export async function loadSplit(
  question: SplitQuestion,
  sources: DataSources,
  limits?: KeepLimits,
): Promise<LoadedSplit> {
  const { settings, split: name } = question;
  const local = await findLocalFiles(settings.local, name, [
    ...question.directories,
    ...sources.directories,
    process.cwd(),
  ]);
  const found = local === null ? await findFiles(question, sources) : null;
  const files = local?.files ?? found!.files;
  const options = local?.layout.options ?? { ...found!.options, ...settings.datasetKwargs };
  const shapeRow = createShapeRow(local?.layout ?? null, local?.joined ?? null, settings.rows);
  const named = options.encoding == null ? null : String(options.encoding);
  const encodings = new Map<string, string>();
  const parts = files.map((path) => ({
    file: openData(path, () => encodings.get(path) ?? named),
    reader: readerFor(path, local === null ? settings.datasetPath : null),
  }));
  for (;;) {
    try {
      const split = await readSplit(parts, options, limits, shapeRow);
      if (split.rows > 0) return { ...split, files };
    } catch (error) {
      if (!(error instanceof UnreadableFile)) throw error;
      const { path, cause } = error;
      // Nearly all text is UTF-8; only what turns out not to be is looked at byte by byte, and the split read anew.
      if (cause instanceof NotThisEncoding && !encodings.has(path)) {
        encodings.set(
          path,
          await findEncoding(path, named).catch((reason) => Promise.reject(unreadable(path, reason))),
        );
        continue;
      }
      throw unreadable(path, cause);
    }
    throw new LibraError('LIBRA_DATASET_INVALID', `The split '${name}' of the task '${settings.name}' has no docs.`, {
      hint: `Check ${files.join(', ')}.`,
    });
  }
}

function unreadable(path: string, cause: unknown): LibraError {
  if (cause instanceof LibraError) return cause;
  return new LibraError('LIBRA_DATASET_INVALID', `${path} can't be read: ${messageOf(cause)}.`, {
    hint: 'Correct the file; an encoding other than UTF-8 and GB18030 is named with `dataset_kwargs.encoding`.',
    cause,
  });
}

function readerFor(path: string, datasetPath: string | null): DatasetReader {
  // What the task says counts more than the file's name.
  const reader =
    DATASET_READERS.find(({ names }) => names.includes(datasetPath ?? '')) ??
    DATASET_READERS.find(({ extensions }) => readerTakes(extensions, path));
  if (reader !== undefined) return reader;
  throw new LibraError('LIBRA_DATASET_INVALID', `${path} is of a kind Libra does not read (${extname(path)}).`, {
    hint: 'Use JSONL, JSON, CSV, TSV, Parquet or text, gzipped if you like.',
  });
}
