/** Secrets are named in the configuration and read only when they are needed; from then on no log shows them. */
import { readFileSync } from 'node:fs';
import { LibraError, messageOf } from '../domain/errors.ts';
import { redactFromLogs } from '../system/log.ts';

/**
 * What `env:NAME` or `file:/path` stands for (a file's last line break does not count); other text, such as a plain URL, is itself.
 * @param key where it stands in the configuration, for the message
 * @throws LIBRA_SECRET_MISSING naming the key and what it names, never the secret
 */
export function resolveSecret(
  reference: string,
  key: string,
  env: Readonly<Record<string, string | undefined>>,
): string {
  const [, kind, name] = /^(env|file):(.+)$/s.exec(reference) ?? [];
  const secret =
    kind === 'env' ? fromVariable(name!, key, env) : kind === 'file' ? fromFile(name!, key, env) : reference;
  redactFromLogs(secret);
  return secret;
}

function fromVariable(name: string, key: string, env: Readonly<Record<string, string | undefined>>): string {
  const secret = env[name];
  if (secret) return secret;
  throw new LibraError('LIBRA_SECRET_MISSING', `${key} needs the environment variable ${name}, which is not set.`, {
    hint: `Set ${name} where Libra is started, or name a file with file:/path.`,
  });
}

function fromFile(name: string, key: string, env: Readonly<Record<string, string | undefined>>): string {
  const path = name.replace(/^~(?=\/)/, env.HOME ?? '~');
  let secret: string;
  try {
    secret = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    throw new LibraError(
      'LIBRA_SECRET_MISSING',
      `${key} needs the file ${path}, which cannot be read: ${messageOf(error)}.`,
      {
        hint: `Write the secret into ${path}, readable for this user only.`,
        cause: error,
      },
    );
  }
  if (secret) return secret;
  throw new LibraError('LIBRA_SECRET_MISSING', `${key} needs the file ${path}, which is empty.`, {
    hint: `Write the secret into ${path}, readable for this user only.`,
  });
}
