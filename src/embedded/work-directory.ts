/**
 * The graph file must lie beside the weights it names, and nothing may be written in a checkpoint. So the weight files are
 * hard-linked into a directory of our own; where links cannot be made (another device, another owner) they are copied.
 */
import { constants, copyFile, link, mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LibraError } from '../domain/errors.ts';

export interface WorkDirectory {
  readonly path: string;
  /** Puts `file` into the directory under `name` without copying it if the file system can. */
  bring(file: string, name: string): Promise<void>;
  /** The runtime keeps what it has mapped, so this may be called as soon as the model is loaded. */
  remove(): Promise<void>;
}

/** @param parent made when it is not there; the system's temporary directory when null */
export async function openWorkDirectory(parent: string | null): Promise<WorkDirectory> {
  const base = parent ?? tmpdir();
  await mkdir(base, { recursive: true });
  const path = await mkdtemp(join(await realpath(base), 'libra-serve-'));
  return {
    path,
    bring: (file, name) => bring(file, join(path, name)),
    remove: () => rm(path, { recursive: true, force: true }),
  };
}

async function bring(file: string, target: string): Promise<void> {
  // A link of a symbolic link would be one itself, and the runtime refuses files that lead out of the model's directory.
  const source = await realpath(file);
  try {
    await link(source, target);
  } catch {
    await copyFile(source, target, constants.COPYFILE_FICLONE).catch((cause) => {
      throw new LibraError('LIBRA_DATA_NOT_WRITABLE', `${source} can neither be linked nor copied to ${target}`, {
        hint: 'Name a work directory on the device of the checkpoint with --work-dir, or free some space.',
        cause,
      });
    });
  }
}
