/** The token of this machine's own user: made at the first start, readable by that user alone, needed for every write. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { redactFromLogs } from '../system/log.ts';
import { ensureSecretFile } from '../system/secret-file.ts';

const FILE = 'token';
/** Reads `DATA/token`, or makes it (mode 0600). @throws LIBRA_DATA_NOT_WRITABLE */
export function ensureToken(dataDirectory: string): string {
  return ensureSecretFile(join(dataDirectory, FILE), 'its token');
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
