/** The disk: directory listings, atomic writes, and what kind of file system a path is on. */
import { type Stats, statSync } from 'node:fs';
import { open, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** One file as it was when it was looked at; symbolic links are followed. */
export interface FileEntry {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Last write, epoch milliseconds (with fractions). */
  readonly mtimeMs: number;
  /** Last change of any kind, also of the number of links; cannot be forged as mtime can. */
  readonly ctimeMs: number;
  readonly ino: number;
}

/** What stands directly in a directory. */
export interface DirectoryListing {
  readonly files: ReadonlyMap<string, FileEntry>;
  /** Names of subdirectories (also linked ones). */
  readonly directories: ReadonlySet<string>;
}

/** Enough to use the file system well without flooding the thread pool that all disk access shares. */
const STATS_AT_ONCE = 64;

/**
 * Lists a directory, not what is below it. Entries that vanish between being listed and looked at are left out.
 * @throws the file system's error when the directory itself cannot be read
 */
export async function listDirectory(directory: string): Promise<DirectoryListing> {
  const files = new Map<string, FileEntry>();
  const directories = new Set<string>();
  const entries = await readdir(directory, { withFileTypes: true });
  const look = async (name: string) => {
    const stats = await stat(join(directory, name)).catch(() => null);
    if (stats?.isFile()) files.set(name, fileEntry(name, stats));
    else if (stats?.isDirectory()) directories.add(name);
  };
  const unsure: string[] = [];
  for (const entry of entries) {
    if (entry.isDirectory()) directories.add(entry.name);
    else unsure.push(entry.name);
  }
  for (let at = 0; at < unsure.length; at += STATS_AT_ONCE) {
    await Promise.all(unsure.slice(at, at + STATS_AT_ONCE).map(look));
  }
  return { files, directories };
}

export function fileEntry(name: string, stats: Stats): FileEntry {
  return { name, size: stats.size, mtimeMs: stats.mtimeMs, ctimeMs: stats.ctimeMs, ino: stats.ino };
}

/**
 * What stands at a path, null when nothing does or it cannot be asked. On a local disk without the detour through the thread pool,
 * which costs ten times the call itself; never so on a network one, where a call may hang.
 */
export function glanceAt(path: string, local: boolean): Stats | null | Promise<Stats | null> {
  if (!local) return stat(path).catch(() => null);
  try {
    return statSync(path, { throwIfNoEntry: false }) ?? null;
  } catch {
    return null;
  }
}

/** Same file, same bytes as far as the file system can tell. */
export function isSameVersion(a: FileEntry, b: FileEntry): boolean {
  return a.ino === b.ino && a.size === b.size && a.mtimeMs === b.mtimeMs;
}

/** True for the errors that mean "there is nothing there". */
export function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** Writes all of it or nothing: a reader sees the old content or the new, also after a crash. */
export async function writeFileAtomic(path: string, data: string | Uint8Array, mode = 0o644): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  try {
    const handle = await open(temporary, 'w', mode);
    try {
      await handle.writeFile(data);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

export interface FileSystem {
  /** As mount(8) calls it, or the number when we do not know it. */
  readonly name: string;
  /** Other hosts may write to it unseen: no events, cached attributes, SQLite's WAL unsafe. */
  readonly network: boolean;
  /** Bytes an ordinary user may still write. */
  readonly freeBytes: number;
  readonly totalBytes: number;
}

/** Magic numbers of linux/magic.h and of the file systems that are not in it; everything unlisted counts as local. */
const NETWORK: Readonly<Record<number, string>> = {
  26985: 'nfs',
  4283649346: 'cifs',
  4266872130: 'smb2',
  20859: 'smb',
  1702057286: 'fuse',
  12805120: 'ceph',
  16914839: '9p',
  198183888: 'lustre',
  1196443219: 'gpfs',
  428016422: 'beegfs',
  1397113167: 'afs',
  1799439955: 'kafs',
  1937076805: 'coda',
  22092: 'ncp',
  1952539503: 'ocfs2',
  18225520: 'gfs2',
  2020557398: 'vboxsf',
  2866260714: 'panfs',
  537068840: 'orangefs',
};

const LOCAL: Readonly<Record<number, string>> = {
  61267: 'ext4',
  1481003842: 'xfs',
  2435016766: 'btrfs',
  16914836: 'tmpfs',
  2035054128: 'overlay',
  801189825: 'zfs',
  4076150800: 'f2fs',
  2240043254: 'ramfs',
  3393526350: 'bcachefs',
};

/** Name of a file system from the number statfs(2) gives, and whether it is a network one. */
export function fileSystemOfType(type: number): { readonly name: string; readonly network: boolean } {
  const magic = type >>> 0;
  const network = NETWORK[magic];
  return { name: network ?? LOCAL[magic] ?? `0x${magic.toString(16)}`, network: network !== undefined };
}

/**
 * The file system `path` is on, or would be on: a path that does not exist yet is judged by its nearest existing parent.
 * @throws the file system's error when not even the root can be asked
 */
export async function fileSystemOf(path: string): Promise<FileSystem> {
  try {
    const answer = await statfs(path);
    return {
      ...fileSystemOfType(answer.type),
      freeBytes: answer.bavail * answer.bsize,
      totalBytes: answer.blocks * answer.bsize,
    };
  } catch (error) {
    if (!isMissing(error) || dirname(path) === path) throw error;
    return fileSystemOf(dirname(path));
  }
}
