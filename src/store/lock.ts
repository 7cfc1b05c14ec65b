/**
 * One daemon per data directory. The lock itself is held by the operating system, on an empty SQLite file, so it is free the
 * moment its holder dies, however that happens (a process id in a file would outlive a container, and come to mean another process);
 * `daemon.json` beside it only says who holds it.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { LibraError } from '../domain/errors.ts';
import { connect } from './sql.ts';

export interface LockHolder {
  readonly host: string;
  readonly pid: number;
  /** Epoch milliseconds. */
  readonly startedAt: number;
}

export interface DirectoryLock {
  release(): void;
}

/** @throws LIBRA_DATA_IN_USE naming the process that has it */
export function lockDirectory(directory: string, now: number): DirectoryLock {
  const holderFile = join(directory, 'daemon.json');
  const lock = connect(join(directory, 'daemon.lock'), { busyMs: 0 });
  try {
    lock.exec('begin exclusive');
  } catch (error) {
    lock.close();
    if (!(error instanceof LibraError) || error.code !== 'LIBRA_DATA_IN_USE') throw error;
    const holder = readHolder(directory);
    const who = holder ? `process ${holder.pid} on ${holder.host}` : 'another process';
    throw new LibraError('LIBRA_DATA_IN_USE', `${directory} is in use by a Libra daemon (${who}).`, {
      hint: 'Stop that daemon, let it watch this run too, or choose another data directory with --data.',
      cause: error,
    });
  }
  const holder: LockHolder = { host: hostname(), pid: process.pid, startedAt: now };
  try {
    writeFileSync(holderFile, `${JSON.stringify(holder)}\n`, { mode: 0o600 });
  } catch (error) {
    lock.close();
    throw error;
  }
  return {
    release() {
      rmSync(holderFile, { force: true });
      lock.close();
    },
  };
}

/** Who said last that it holds the directory; null when nobody did. It may be dead: only the lock tells. */
export function readHolder(directory: string): LockHolder | null {
  try {
    return JSON.parse(readFileSync(join(directory, 'daemon.json'), 'utf8')) as LockHolder;
  } catch {
    return null;
  }
}
