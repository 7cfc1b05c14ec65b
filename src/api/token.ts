/** The token of this machine's own user: made at the first start, readable by that user alone, needed for every write. */
import { randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LibraError } from '../domain/errors.ts';
import { redactFromLogs } from '../system/log.ts';

const FILE = 'token';
/** 32 random bytes in base64url are 43 characters; a shorter file was cut off and is made again. */
const SHORTEST = 32;

/**
 * Reads `DATA/token`, or makes it (mode 0600). A file that others may read is closed to them.
 * @throws LIBRA_DATA_NOT_WRITABLE
 */
export function ensureToken(dataDirectory: string): string {
  const file = join(dataDirectory, FILE);
  try {
    writeFileSync(file, `${randomBytes(32).toString('base64url')}\n`, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw notWritable(file, error);
  }
  try {
    if ((statSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600);
    const token = readFileSync(file, 'utf8').trim();
    if (token.length >= SHORTEST) return remember(token);
    const fresh = randomBytes(32).toString('base64url');
    writeFileSync(file, `${fresh}\n`, { mode: 0o600 });
    return remember(fresh);
  } catch (error) {
    throw notWritable(file, error);
  }
}

/** The token a client on this machine uses: LIBRA_TOKEN, else `DATA/token`; null when there is none it may read. */
export function findToken(
  dataDirectory: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string | null {
  if (environment.LIBRA_TOKEN) return remember(environment.LIBRA_TOKEN);
  try {
    const token = readFileSync(join(dataDirectory, FILE), 'utf8').trim();
    return token === '' ? null : remember(token);
  } catch {
    return null;
  }
}

function remember(token: string): string {
  redactFromLogs(token);
  return token;
}

function notWritable(file: string, cause: unknown): LibraError {
  return new LibraError('LIBRA_DATA_NOT_WRITABLE', `Libra cannot keep its token in ${file}.`, {
    hint: 'Make the data directory writable for this user, or choose another with --data.',
    cause,
  });
}
