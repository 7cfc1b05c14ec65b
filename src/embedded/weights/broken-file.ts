/** The one sentence for a weight file that cannot be believed. */
import { LibraError } from '../../domain/errors.ts';

/** @param what the rest of a sentence that starts with the file's name */
export function brokenFile(file: string, what: string, cause?: unknown): LibraError {
  return new LibraError('LIBRA_CHECKPOINT_INVALID', `${file} ${what}`, {
    hint: 'Wait until the trainer has finished writing it, or save the checkpoint again.',
    cause,
  });
}

/** A name from a hostile file, safe to print. */
export function quoteName(name: string): string {
  return JSON.stringify(name.length > 100 ? `${name.slice(0, 100)}...` : name);
}
