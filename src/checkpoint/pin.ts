/**
 * Keeps a checkpoint's files alive when the trainer deletes it: hard links (no bytes are copied, the checkpoint's own directory
 * is not touched) or, where links can't be, copies. Files are held one by one while the checkpoint settles, in a provisional
 * directory; when it is complete that directory gets its final name. A crash leaves one or the other, never half of a final pin.
 */
import { constants } from 'node:fs';
import { copyFile, link, mkdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Pin } from '../domain/checkpoint.ts';
import { type FileEntry, fileEntry, isSameVersion, listDirectory } from '../system/files.ts';
import { stableId } from '../system/hash.ts';
import { openPinHome, type PinHomes } from './pin-homes.ts';

/** Says what a pin directory holds, for recovery after a crash; engines don't look at hidden files. */
export const PIN_NOTE = '.libra-pin.json';

export interface PinNote {
  readonly run: string;
  readonly step: number;
  /** The checkpoint's own directory. */
  readonly source: string;
  readonly kind: 'link' | 'copy';
}

export interface PinTarget {
  readonly run: string;
  readonly step: number;
  readonly source: string;
}

export interface PinOptions {
  readonly homes: PinHomes;
  /** What to do where hard links can't be made. */
  readonly whenUnlinkable: 'copy' | 'lease' | 'none';
  /** May so many more bytes be copied? Links need no space. */
  readonly mayCopy: (bytes: number) => Promise<boolean>;
}

export interface ProvisionalPin {
  /**
   * Holds these files as they are in the listing; those that changed meanwhile are left for the next time.
   * False when some were left.
   */
  hold(files: readonly FileEntry[]): Promise<boolean>;
  /** Makes the pin final if every file is held exactly as listed; null when one is not (look again), or when pins can't be. */
  finish(files: readonly FileEntry[], fingerprint: string): Promise<Pin | null>;
  /** Where the held files lie now; null before anything was held. */
  directory(): string | null;
  /** Why the checkpoint is read in place or not kept, in a sentence; null when it is held. */
  readonly problem: string | null;
  drop(): Promise<void>;
}

const UNLINKABLE = new Set(['EXDEV', 'EPERM', 'EACCES', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK', 'ENOSYS', 'EROFS']);

/** Opens a provisional pin, taking over what an earlier process left of it. */
export function openPin(target: PinTarget, options: PinOptions): ProvisionalPin {
  const name = `.settling-${target.step}-${stableId(target.source).slice(0, 8)}`;
  const runFolder = target.run.replace(/[^\w.-]/g, '_');
  const held = new Map<string, FileEntry>();
  const inPlace = new Map<string, number>();
  let kind: 'link' | 'copy' | 'none' = options.homes.links.length > 0 ? 'link' : afterLinks();
  let home = kind === 'link' ? 0 : -1;
  let ready: string | null = null;
  let problem: string | null = kind === 'none' ? whyNot('EXDEV', kind) : null;

  function afterLinks(): 'copy' | 'none' {
    return options.whenUnlinkable === 'copy' ? 'copy' : 'none';
  }
  const folder = () => join(kind === 'copy' ? options.homes.copies : (options.homes.links[home] as string), runFolder);

  /** The next best way after this one failed. */
  const giveWay = async (why: string) => {
    await drop();
    if (kind === 'link' && home + 1 < options.homes.links.length) home += 1;
    else kind = kind === 'link' ? afterLinks() : 'none';
    if (kind === 'none') problem = why;
  };

  const prepare = async (): Promise<string> => {
    if (ready !== null) return ready;
    const directory = join(folder(), name);
    await openPinHome(dirname(folder()), options.homes.owner);
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const note: PinNote = { ...target, kind: kind === 'copy' ? 'copy' : 'link' };
    await writeFile(join(directory, PIN_NOTE), JSON.stringify(note), { mode: 0o600 });
    if (kind === 'link') {
      for (const file of (await listDirectory(directory)).files.values()) held.set(file.name, file);
    }
    ready = directory;
    return directory;
  };

  const take = async (file: FileEntry): Promise<void> => {
    const destination = join(await prepare(), file.name);
    const source = join(target.source, file.name);
    await rm(destination, { force: true });
    held.delete(file.name);
    if (kind === 'link') await link(await realpath(source), destination);
    else {
      if (!(await options.mayCopy(file.size))) throw Object.assign(new Error('no room'), { code: 'ENOSPC' });
      await copyFile(source, destination, constants.COPYFILE_FICLONE);
    }
    const now = await stat(kind === 'link' ? destination : source).catch(() => null);
    if (now && isSameVersion(fileEntry(file.name, now), file)) held.set(file.name, file);
    else await rm(destination, { force: true });
  };

  const hold = async (files: readonly FileEntry[]): Promise<boolean> => {
    for (const file of files) {
      const before = held.get(file.name);
      if (kind === 'none' || (before && isSameVersion(before, file))) continue;
      try {
        if (kind === 'link' && before?.ino === file.ino) await noteWriteInPlace(file.name);
        await take(file);
      } catch (error) {
        const code = (error as NodeJS.ErrnoException).code ?? '';
        if (code === 'ENOENT') {
          if (ready !== null && (await stat(ready).catch(() => null)) === null) forget();
          continue;
        }
        if (!UNLINKABLE.has(code) && code !== 'ENOSPC' && code !== 'EDQUOT') throw error;
        await giveWay(whyNot(code, kind));
        return hold(files);
      }
    }
    return kind === 'none' || holdsEach(files);
  };

  const holdsEach = (files: readonly FileEntry[]): boolean =>
    files.every((file) => {
      const own = held.get(file.name);
      return own !== undefined && isSameVersion(own, file);
    });

  /**
   * A file that keeps changing under the same inode after it was whole is rewritten in place, and a link would change with it for
   * ever. Once is no proof: network file systems correct the time of the last write when they flush.
   */
  const noteWriteInPlace = async (file: string): Promise<void> => {
    const times = (inPlace.get(file) ?? 0) + 1;
    inPlace.set(file, times);
    if (times < 2 || options.whenUnlinkable !== 'copy') return;
    await drop();
    kind = 'copy';
  };

  const forget = () => {
    ready = null;
    held.clear();
  };
  const drop = async (): Promise<void> => {
    if (ready !== null) await rm(ready, { recursive: true, force: true });
    forget();
  };

  const finish = async (files: readonly FileEntry[], fingerprint: string): Promise<Pin | null> => {
    await hold(files);
    const bytes = files.reduce((sum, file) => sum + file.size, 0);
    if (kind === 'none') {
      return options.whenUnlinkable === 'none' ? null : { kind: 'lease', directory: target.source, bytes };
    }
    const provisional = ready;
    if (provisional === null || !holdsEach(files)) return null;
    const wanted = new Set([PIN_NOTE, ...files.map((file) => file.name)]);
    for (const name of (await listDirectory(provisional)).files.keys()) {
      if (!wanted.has(name)) await rm(join(provisional, name), { force: true });
    }
    const final = join(folder(), finalPinName(target.step, fingerprint));
    // Somebody may be reading a pin of the same bytes: keep it if it is whole.
    if (await holdsAll(final, files, kind)) await rm(provisional, { recursive: true, force: true });
    else {
      await rm(final, { recursive: true, force: true });
      await rename(provisional, final);
    }
    forget();
    return { kind, directory: final, bytes };
  };

  return {
    hold,
    finish,
    directory: () => ready,
    get problem() {
      return problem;
    },
    drop,
  };
}

async function holdsAll(directory: string, files: readonly FileEntry[], kind: 'link' | 'copy'): Promise<boolean> {
  const there = await listDirectory(directory).catch(() => null);
  return files.every(({ name, size, ino }) => {
    const own = there?.files.get(name);
    return own !== undefined && own.size === size && (kind === 'copy' || own.ino === ino);
  });
}

/** Name of a finished pin's directory. */
export function finalPinName(step: number, fingerprint: string): string {
  return `${step}-${fingerprint.slice(0, 12)}`;
}

function whyNot(code: string, kind: string): string {
  if (code === 'EXDEV') return 'its files are on another device than the pins';
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'the disk has no room for a copy within the limits';
  if (kind === 'copy') return `its files could not be copied (${code})`;
  return `the system refuses hard links to its files (${code}; they may belong to another user)`;
}

/** Lets a pin go. Safe to call twice; a lease has nothing to let go. */
export async function releasePin(pin: Pin): Promise<void> {
  if (pin.kind === 'lease') return;
  await removePinDirectory(pin.directory);
}

/** Renames first, so that a crash in the middle leaves no directory that looks like a whole pin. */
export async function removePinDirectory(directory: string): Promise<void> {
  const going = join(dirname(directory), `.released-${stableId(directory)}`);
  await rename(directory, going).catch(() => {});
  await rm(going, { recursive: true, force: true });
  await rm(directory, { recursive: true, force: true });
}

/** What a pin directory says about itself; null when it is not one. */
export async function readPinNote(directory: string): Promise<PinNote | null> {
  try {
    const note = JSON.parse(await readFile(join(directory, PIN_NOTE), 'utf8')) as PinNote;
    return typeof note.source === 'string' && typeof note.step === 'number' && typeof note.run === 'string'
      ? note
      : null;
  } catch {
    return null;
  }
}
