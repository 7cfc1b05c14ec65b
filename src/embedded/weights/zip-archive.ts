/** The door to yauzl: where the entries of a zip archive lie in their file, none of them unpacked. */
import { type FileHandle, open } from 'node:fs/promises';
import { openPromise, type ZipFile } from 'yauzl';
import { brokenFile, quoteName } from './broken-file.ts';

/** Far above the tensors of any model; keeps a hostile directory from filling the memory. */
const MOST_ENTRIES = 500_000;

export interface ZipEntry {
  /** Absolute position of the first byte of its data. */
  readonly offset: number;
  /** Bytes. */
  readonly length: number;
}

export interface ZipArchive {
  readonly file: string;
  /** By full name. */
  readonly entries: ReadonlyMap<string, ZipEntry>;
  /** The bytes of one entry, refused above `limit`. */
  read(name: string, limit: number): Promise<Buffer>;
}

/**
 * Calls `use` with the archive while it is open. Entries must be stored as they are, as torch.save does it.
 * @throws LibraError LIBRA_CHECKPOINT_INVALID when the archive is torn, compressed or encrypted
 */
export async function withZipArchive<T>(file: string, use: (archive: ZipArchive) => Promise<T>): Promise<T> {
  const handle = await open(file, 'r').catch((cause) => {
    throw brokenFile(file, 'cannot be opened', cause);
  });
  try {
    const entries = await listEntries(file, (await handle.stat()).size);
    return await use({ file, entries, read: (name, limit) => readEntry(handle, file, entries.get(name), name, limit) });
  } finally {
    await handle.close();
  }
}

async function listEntries(file: string, size: number): Promise<Map<string, ZipEntry>> {
  const torn = (cause: unknown) =>
    brokenFile(file, `is not a whole zip archive (${cause instanceof Error ? cause.message : String(cause)})`, cause);
  const zip = await openPromise(file, { autoClose: false }).catch((cause) => {
    throw torn(cause);
  });
  try {
    if (zip.entryCount > MOST_ENTRIES) throw brokenFile(file, `claims ${zip.entryCount} entries`);
    return await placesOf(zip, file, size, torn);
  } finally {
    zip.close();
  }
}

async function placesOf(zip: ZipFile, file: string, size: number, torn: (cause: unknown) => Error) {
  const places = new Map<string, ZipEntry>();
  try {
    for await (const entry of zip.eachEntry()) {
      const { fileName, compressedSize: length } = entry;
      if (entry.compressionMethod !== 0 || entry.isEncrypted()) {
        throw brokenFile(file, `keeps ${quoteName(fileName)} compressed, which torch.save never does`);
      }
      const { fileDataStart: offset } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
      if (offset + length > size) throw brokenFile(file, `ends before its entry ${quoteName(fileName)} does`);
      places.set(fileName, { offset, length });
    }
  } catch (cause) {
    throw cause instanceof Error && 'hint' in cause ? cause : torn(cause);
  }
  return places;
}

async function readEntry(handle: FileHandle, file: string, entry: ZipEntry | undefined, name: string, limit: number) {
  if (entry === undefined) throw brokenFile(file, `has no entry ${quoteName(name)}`);
  if (entry.length > limit)
    throw brokenFile(file, `has ${entry.length} bytes in ${quoteName(name)}, at most ${limit} are read`);
  const buffer = Buffer.alloc(entry.length);
  const { bytesRead } = await handle.read(buffer, 0, entry.length, entry.offset);
  if (bytesRead !== entry.length) throw brokenFile(file, 'became shorter while it was read');
  return buffer;
}
