/** Signs that a writer is still at work in a directory, whatever else is there. */
import type { DirectoryListing } from '../system/files.ts';

/** safetensors writes `.tmpXXXXXX` beside its target, others *.tmp; download tools leave *.incomplete, *.aria2, *.part. */
const TEMPORARY = /^\.tmp[A-Za-z0-9]{6}$|\.(?:tmp|incomplete|aria2|part|partial|lock)$/;

/** Transformers puts this in at a save that a SIGTERM may cut short, and takes it away when all is written. */
const SENTINEL = 'checkpoint-is-incomplete.txt';

/** Sentence parts, empty when nobody is writing. */
export function negativeMarks(listing: DirectoryListing): string[] {
  const marks: string[] = [];
  if (listing.files.has(SENTINEL)) marks.push(`${SENTINEL} is still there`);
  for (const name of listing.files.keys()) {
    if (TEMPORARY.test(name)) {
      marks.push(`${JSON.stringify(name)} is still being written`);
      break;
    }
  }
  return marks;
}
