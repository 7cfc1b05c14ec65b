/** Are the bytes an evaluation reads still those that were pinned? Links share their inode with the trainer, leases everything. */
import type { Pin } from '../domain/checkpoint.ts';
import { isMissing } from '../system/files.ts';
import { createFileProofs } from './file-proofs.ts';
import { fingerprintOf } from './fingerprint.ts';
import { inspectCheckpoint } from './inspect.ts';

/**
 * Compares content, not times: ask before weights are loaded and after they were used.
 * `gone`: files are missing; `changed`: they were written again in place.
 */
export async function verifyPin(pin: Pin, step: number, fingerprint: string): Promise<'intact' | 'changed' | 'gone'> {
  try {
    const inspected = await inspectCheckpoint(pin.directory, step, createFileProofs(pin.directory));
    if (inspected.identity.length === 0) return 'gone';
    const now = await fingerprintOf(pin.directory, inspected.identity);
    if (now === fingerprint) return 'intact';
    return inspected.missing.some((part) => / (?:is|are) missing/.test(part)) ? 'gone' : 'changed';
  } catch (error) {
    if (isMissing(error)) return 'gone';
    throw error;
  }
}
