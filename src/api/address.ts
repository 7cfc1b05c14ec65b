/** Where the daemon of a data directory listens, written beside its database so that commands on this machine find it. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FILE = 'address';

/** Call after `listen`; returns how to take it back. */
export function announceAddress(dataDirectory: string, url: string): () => void {
  const file = join(dataDirectory, FILE);
  writeFileSync(file, `${url}\n`, { mode: 0o600 });
  return () => rmSync(file, { force: true });
}

/** What was announced last; null when nothing was. Believe it only while a daemon holds the directory: it may have been killed. */
export function findAddress(dataDirectory: string): string | null {
  try {
    return readFileSync(join(dataDirectory, FILE), 'utf8').trim() || null;
  } catch {
    return null;
  }
}
