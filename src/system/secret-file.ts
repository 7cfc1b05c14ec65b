/** A secret of this machine's own user: made at first need, readable by that user alone, never logged. */
import { randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { LibraError } from '../domain/errors.ts';
import { redactFromLogs } from './log.ts';

/** 32 random bytes in base64url are 43 characters; a shorter file was cut off and is made again. */
const SHORTEST = 32;

/**
 * Reads the secret, or makes it (mode 0600). A file that others may read is closed to them.
 * @param what as a sentence goes on: `its token`
 * @throws LIBRA_DATA_NOT_WRITABLE
 */
export function ensureSecretFile(file: string, what: string): string {
  const notWritable = (cause: unknown) =>
    new LibraError('LIBRA_DATA_NOT_WRITABLE', `Libra cannot keep ${what} in ${file}.`, {
      hint: 'Make the data directory writable for this user, or choose another with --data.',
      cause,
    });
  try {
    writeFileSync(file, `${freshSecret()}\n`, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw notWritable(error);
  }
  try {
    if ((statSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600);
    let secret = readFileSync(file, 'utf8').trim();
    if (secret.length < SHORTEST) {
      secret = freshSecret();
      writeFileSync(file, `${secret}\n`, { mode: 0o600 });
    }
    redactFromLogs(secret);
    return secret;
  } catch (error) {
    throw notWritable(error);
  }
}

function freshSecret(): string {
  return randomBytes(32).toString('base64url');
}
