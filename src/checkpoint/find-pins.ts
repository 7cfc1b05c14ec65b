/** Pins found on the disk at start: those of a daemon that was killed, and those of daemons that will never come back. */
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isMissing } from '../system/files.ts';
import { type PinNote, readPinNote, removePinDirectory } from './pin.ts';
import { OWNER_NOTE, type PinHomes } from './pin-homes.ts';

export interface FoundPin {
  readonly directory: string;
  /** Still settling when its daemon died. */
  readonly provisional: boolean;
  readonly note: PinNote;
}

/** All pins in these homes. Remains of releases, and directories that hold no pin, are removed on the way. */
export async function findPins(homes: PinHomes): Promise<readonly FoundPin[]> {
  const found: FoundPin[] = [];
  for (const home of new Set([...homes.links, homes.copies])) {
    for (const run of await directoriesIn(home)) {
      for (const directory of await directoriesIn(run)) {
        const note = await readPinNote(directory);
        const name = directory.slice(run.length + 1);
        if (note === null || name.startsWith('.released-')) await removePinDirectory(directory);
        else found.push({ directory, provisional: name.startsWith('.settling-'), note });
      }
    }
  }
  return found;
}

/** Removes the homes beside these whose data directory is gone: their daemon will never come back for them. */
export async function clearAbandonedHomes({ links, owner }: PinHomes): Promise<void> {
  for (const home of links) {
    if (dirname(home) === owner) continue;
    for (const other of await directoriesIn(dirname(home))) {
      const data = await readFile(join(other, OWNER_NOTE), 'utf8').then(
        (text) => (JSON.parse(text) as { data?: unknown }).data,
        () => null,
      );
      if (typeof data !== 'string') continue;
      const gone = await stat(data).then(() => false, isMissing);
      if (gone) await rm(other, { recursive: true, force: true });
    }
  }
}

async function directoriesIn(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(path, entry.name));
}
