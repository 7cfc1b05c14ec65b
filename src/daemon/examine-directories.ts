/** The data directory and the directories that would be watched: file systems, space, rights, and whether pins can be hard links. */
import { constants } from 'node:fs';
import { access, link, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Config } from '../config/schema.ts';
import { messageOf } from '../domain/errors.ts';
import { fileSystemOf } from '../system/files.ts';
import { type Finding, fail, gigabytes, ok, warn } from './finding.ts';

const LITTLE_SPACE = 2e9;

export async function examineData(directory: string): Promise<Finding[]> {
  const place = await nearestExisting(directory);
  const problem = await tryWriting(place);
  if (problem !== null) {
    return [
      fail(
        'data',
        `${directory} cannot be written to: ${problem}`,
        'Make it writable for this user, or choose another with --data.',
      ),
    ];
  }
  const { name, network, freeBytes } = await fileSystemOf(place);
  const findings = [
    network
      ? fail(
          'data',
          `${directory} is on ${name}, a network file system, where the database is not safe`,
          'Choose a local directory with --data.',
        )
      : ok('data', `${directory} is writable, on ${name}`),
  ];
  const space = `${gigabytes(freeBytes)} free for the database and for pins that are copies`;
  findings.push(
    freeBytes > LITTLE_SPACE
      ? ok('data.disk', space)
      : warn('data.disk', `only ${space}`, 'Free some space, or choose another disk with --data.'),
  );
  return findings;
}

/** Looks only; nothing is ever written in or beside a training directory. */
export async function examineRoot(root: string, dataDirectory: string, config: Config | null): Promise<Finding[]> {
  const path = resolve(root);
  const name = `run:${path}`;
  const stats = await stat(path).catch(() => null);
  if (stats === null)
    return [fail(name, `${path} does not exist`, 'Correct the path, or let the daemon wait for it with --wait.')];
  if (!stats.isDirectory())
    return [fail(name, `${path} is not a directory`, 'Name the output directory of a training.')];
  const readable = await access(path, constants.R_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
  if (!readable) return [fail(name, `${path} cannot be read by this user`, 'Run Libra as a user that may read it.')];
  const { name: kind, network } = await fileSystemOf(path);
  const seen = network
    ? warn(
        name,
        `${path} is on ${kind}: writes of other machines give no events, so it is looked at regularly and settles for 5 s`,
        'Add a hook to the trainer if checkpoints live only briefly.',
      )
    : ok(name, `${path} is on ${kind}: new files are noticed at once`);
  return [seen, await examinePins(path, stats.dev, dataDirectory, config)];
}

async function examinePins(
  root: string,
  device: number,
  dataDirectory: string,
  config: Config | null,
): Promise<Finding> {
  const name = `pins:${root}`;
  const otherwise = config?.pins.when_unlinkable ?? 'copy';
  const instead = {
    copy: 'checkpoints are copied before they are evaluated, which takes their size in the data directory',
    lease: 'checkpoints are read in place, and one that is deleted meanwhile is lost',
    none: 'checkpoints are read in place, and one that is deleted meanwhile is lost',
  }[otherwise];
  const set =
    'Set pins.directory to a directory on the same disk, or choose with pins.when_unlinkable: copy, lease or none.';
  const homes = config?.pins.directory ? [config.pins.directory] : [dataDirectory, dirname(root)];
  const home = await firstUsable(homes, device);
  if (home === null) return warn(name, `no directory of ours can be on the disk of ${root}: ${instead}`, set);
  const stranger = await foreignOwner(root);
  if (stranger !== null && (await isProtected())) {
    return warn(
      name,
      `files in ${root} belong to user ${stranger}, and this system forbids links to them (protected_hardlinks): ${instead}`,
      'Run Libra as that user, or as a group member with write permission on the files.',
    );
  }
  const problem = home === dirname(root) ? null : await tryLinking(await nearestExisting(home));
  if (problem !== null) return warn(name, `hard links cannot be made there (${problem}): ${instead}`, set);
  return ok(name, 'checkpoints are kept by hard links: no copies, and none is lost when the trainer deletes it');
}

async function firstUsable(homes: readonly string[], device: number): Promise<string | null> {
  for (const home of homes) {
    const place = await nearestExisting(home);
    const writable = await access(place, constants.W_OK).then(
      () => true,
      () => false,
    );
    if (writable && (await stat(place)).dev === device) return home;
  }
  return null;
}

/** Somebody else's uid among the files of the run (two levels are looked at); null when all is ours or we are root. */
async function foreignOwner(root: string): Promise<number | null> {
  const own = process.getuid?.() ?? 0;
  if (own === 0) return null;
  const top = await readdir(root).catch(() => []);
  const newest = top.filter((name) => /\d$/.test(name)).slice(-3);
  const below = await Promise.all(
    newest.map(async (name) =>
      (await readdir(join(root, name)).catch(() => [])).slice(0, 20).map((file) => join(root, name, file)),
    ),
  );
  for (const path of below.flat()) {
    const stats = await stat(path).catch(() => null);
    const writable = await access(path, constants.R_OK | constants.W_OK).then(
      () => true,
      () => false,
    );
    if (stats?.isFile() && stats.uid !== own && !writable) return stats.uid;
  }
  return null;
}

async function isProtected(): Promise<boolean> {
  return (await readFile('/proc/sys/fs/protected_hardlinks', 'utf8').catch(() => '0')).trim() === '1';
}

async function tryWriting(place: string): Promise<string | null> {
  return inTrialDirectory(place, (trial) => writeFile(join(trial, 'file'), 'x'));
}

async function tryLinking(place: string): Promise<string | null> {
  return inTrialDirectory(place, async (trial) => {
    await writeFile(join(trial, 'file'), 'x');
    await link(join(trial, 'file'), join(trial, 'link'));
  });
}

/** What went wrong, or null. */
async function inTrialDirectory(place: string, attempt: (trial: string) => Promise<unknown>): Promise<string | null> {
  let trial: string | null = null;
  try {
    trial = await mkdtemp(join(place, '.libra-doctor-'));
    await attempt(trial);
    return null;
  } catch (error) {
    return messageOf(error);
  } finally {
    if (trial !== null) await rm(trial, { recursive: true, force: true });
  }
}

async function nearestExisting(path: string): Promise<string> {
  const stats = await stat(path).catch(() => null);
  return stats !== null || dirname(path) === path ? path : nearestExisting(dirname(path));
}
