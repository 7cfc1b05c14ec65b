/** A checkpoint that is settled is only glanced at: cheap enough for hundreds of them at every look. */
import { join } from 'node:path';
import { signatureOf } from '../checkpoint/inspect.ts';
import { type FileEntry, fileEntry, glanceAt, isSameVersion, listDirectory } from '../system/files.ts';

export interface ParkedCheckpoint {
  /** Signature of all files when it was parked. */
  readonly all: string;
  /** False when anything changed, or the directory is gone. */
  isUnchanged(): Promise<boolean>;
}

/** Every so many glances all files are looked at. */
const THOROUGH_EVERY = 30;

export function parkCheckpoint(directory: string, files: readonly FileEntry[], local: boolean): ParkedCheckpoint {
  const all = signatureOf(files);
  const marks = marksOf(files);
  /** Time of the last change of the directory at which all files were known to be the same. */
  let mtimeMs: number | null = null;
  let glances = 0;

  const hasSameFiles = async (): Promise<boolean> => {
    const listing = await listDirectory(directory);
    return signatureOf(listing.files.values()) === all;
  };
  const isUnchanged = async (): Promise<boolean> => {
    try {
      const now = (await glanceAt(directory, local))?.mtimeMs;
      if (now === undefined) return false;
      glances += 1;
      if (now !== mtimeMs || glances % THOROUGH_EVERY === 0) {
        if (!(await hasSameFiles())) return false;
        mtimeMs = now;
        return true;
      }
      for (const mark of marks) {
        const stats = await glanceAt(join(directory, mark.name), local);
        if (stats === null || !isSameVersion(fileEntry(mark.name, stats), mark)) return false;
      }
      return true;
    } catch {
      return false;
    }
  };
  return { all, isUnchanged };
}

/** The largest file and the one written last tell of nearly every rewriting in place. */
function marksOf(files: readonly FileEntry[]): FileEntry[] {
  const most = (value: (file: FileEntry) => number) =>
    files.reduce<FileEntry | null>((best, file) => (best && value(best) >= value(file) ? best : file), null);
  return [...new Set([most(({ size }) => size), most(({ mtimeMs }) => mtimeMs)])].filter((file) => file !== null);
}
