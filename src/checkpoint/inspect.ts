/** One look into a directory that may be a checkpoint: its format, what is missing, what of it can be kept already. */

import { type DirectoryListing, type FileEntry, listDirectory } from '../system/files.ts';
import { stableId } from '../system/hash.ts';
import type { CheckpointFormat, CheckpointListing, Inspection } from './checkpoint-format.ts';
import type { FileProofs } from './file-proofs.ts';
import { defaultFormat, formats } from './formats/index.ts';

/** The format a listing shows, or null while it shows none. */
export function formatOf(listing: DirectoryListing): CheckpointFormat | null {
  return formats.find((format) => format.matches(listing)) ?? null;
}

export interface InspectedCheckpoint extends Inspection {
  readonly listing: CheckpointListing;
  /** Format id. */
  readonly format: string;
  /** Changes whenever anything in the directory does. */
  readonly all: string;
  /** Changes whenever a file that counts does. */
  readonly needed: string;
}

/**
 * Lists and inspects `directory`, named for `step`.
 * @throws the file system's error when the directory cannot be listed (ENOENT: it is gone)
 */
export async function inspectCheckpoint(
  directory: string,
  step: number,
  proofs: FileProofs,
): Promise<InspectedCheckpoint> {
  const listing: CheckpointListing = { directory, step, ...(await listDirectory(directory)) };
  const format = formatOf(listing) ?? defaultFormat;
  const inspection = await format.inspect(listing, proofs);
  return {
    ...inspection,
    listing,
    format: format.id,
    all: signatureOf(listing.files.values()),
    needed: signatureOf(inspection.files.map((name) => listing.files.get(name) as FileEntry)),
  };
}

/**
 * A cheap signature of how files lie on the disk (names, sizes, inodes, times of last write), not of what is in them:
 * equal means unchanged, also after the directory was moved.
 */
export function signatureOf(files: Iterable<FileEntry>): string {
  const parts = [...files].map((file) => `${file.name}\0${file.size}\0${file.mtimeMs}\0${file.ino}`).sort();
  return stableId(...parts);
}
