/** The answers that a checkpoint gave before, for the engine that serves it now; null when none of them may be used again. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelDescription } from '../domain/language-model.ts';
import { createResponseCache, identityOf, type ResponseCache } from '../evaluation/asking/response-cache.ts';
import type { Store } from '../store/open-store.ts';
import { sha256 } from '../system/hash.ts';
import type { Log } from '../system/log.ts';

export interface CachedCheckpoint {
  /** Where its files are read. */
  readonly directory: string;
  /** Id of its format. */
  readonly format: string;
  /** Empty when unknown. */
  readonly fingerprint: string;
}

export async function openResponseCache(
  store: Pick<Store, 'responses'>,
  { directory, format, fingerprint }: CachedCheckpoint,
  model: ModelDescription,
  log: Log,
): Promise<ResponseCache | null> {
  // An adapter's answers are also its base model's, and that is no part of its fingerprint.
  if (format === 'peft') return null;
  const identity = identityOf({ fingerprint, beside: await fingerprintBeside(directory), model });
  if (identity === null) return null;
  return createResponseCache(identity, store.responses.of(identity), (count) =>
    log.warn(`${count} kept answers could not be read and are asked again`),
  );
}

/** End tokens and lengths of generations stand here; it is not among the files that identify weights. */
async function fingerprintBeside(directory: string): Promise<string> {
  try {
    return sha256(await readFile(join(directory, 'generation_config.json')));
  } catch {
    return '';
  }
}
