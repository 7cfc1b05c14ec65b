/** Where pins may lie: on the run's own device, because a hard link cannot leave it, and never in a watched directory. */
import { mkdir, realpath, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { stableId } from '../system/hash.ts';

export interface PinHomes {
  /** Where links may be put, best first; empty when there is no place on the run's device. */
  readonly links: readonly string[];
  /** Where copies go. */
  readonly copies: string;
  /** The data directory whose pins these are. */
  readonly owner: string;
}

export interface PinHomeOptions {
  /** The watched directory. */
  readonly root: string;
  /** Libra's data directory; must exist. */
  readonly dataDirectory: string;
  /** `pins.directory` of the configuration. */
  readonly configured: string | null;
}

/**
 * The data directory when it is on the device, else a hidden directory beside the watched one. Pins of different data
 * directories never share a folder: each daemon sweeps only its own.
 */
export async function pinHomesOf({ root, dataDirectory, configured }: PinHomeOptions): Promise<PinHomes> {
  const data = await realpath(dataDirectory).catch(() => resolve(dataDirectory));
  const own = join(data, 'pins');
  const owner = stableId(data);
  if (configured !== null) {
    const home = join(resolve(configured), owner);
    return { links: [home], copies: home, owner: data };
  }
  const top = await realpath(root).catch(() => resolve(root));
  const device = await deviceOf(top);
  const beside = join(dirname(top), `.libra-pins-${process.getuid?.() ?? 0}`, owner);
  const links: string[] = [];
  if ((await deviceOf(data)) === device) links.push(own);
  if ((await deviceOf(dirname(top))) === device) links.push(beside);
  return { links, copies: own, owner: data };
}

/** Names the data directory a home belongs to, so that it can be cleared when that is gone. */
export const OWNER_NOTE = 'owner.json';

/** Makes the home of a new pin. */
export async function openPinHome(home: string, owner: string): Promise<void> {
  await mkdir(home, { recursive: true, mode: 0o700 });
  const note = join(home, OWNER_NOTE);
  if ((await stat(note).catch(() => null)) === null)
    await writeFile(note, JSON.stringify({ data: owner }), { mode: 0o600 });
}

async function deviceOf(path: string): Promise<number | null> {
  return stat(path).then(
    (stats) => stats.dev,
    () => null,
  );
}
