/** Is what we found something we know already? Pure, so that a restarted daemon answers as the one before it did. */
import type { KnownCheckpoint, KnownRun } from './notice-sink.ts';

/**
 * The known run a directory is: by identity (it was moved), else by path (it was made again: a resumed or requeued training
 * keeps its history).
 */
export function knownRunOf(
  found: { readonly path: string; readonly identity: string },
  known: readonly KnownRun[],
): KnownRun | null {
  return (
    known.find((run) => run.identity === found.identity && run.path === found.path) ??
    known.find((run) => run.identity === found.identity) ??
    known.find((run) => run.path === found.path) ??
    null
  );
}

/** It was complete once and still counts as such, wherever it is in the pipeline. */
export function isFinished({ state }: Pick<KnownCheckpoint, 'state'>): boolean {
  return state !== 'found' && state !== 'settling' && state !== 'invalid' && state !== 'vanished';
}

export type Acquaintance =
  /** Lies as it lay when it was complete: nothing to do. */
  | { readonly kind: 'unchanged'; readonly record: KnownCheckpoint }
  /** Was not complete yet: goes on under its id. */
  | { readonly kind: 'unfinished'; readonly record: KnownCheckpoint }
  /** A checkpoint of this step is known: only the content will tell whether this is the same one. */
  | { readonly kind: 'rewritten' }
  | { readonly kind: 'new' };

/** How the directory at `path`, whose files have the signature `observed`, relates to the checkpoints of its run. */
export function acquaintanceOf(
  found: { readonly path: string; readonly step: number; readonly observed: string },
  known: readonly KnownCheckpoint[],
): Acquaintance {
  const sameStep = known.filter((record) => record.step === found.step);
  const unchanged = sameStep.find((record) => isFinished(record) && record.observed === found.observed);
  if (unchanged) return { kind: 'unchanged', record: unchanged };
  const unfinished = sameStep.find((record) => !isFinished(record) && record.path === found.path);
  if (unfinished) return { kind: 'unfinished', record: unfinished };
  return sameStep.length > 0 ? { kind: 'rewritten' } : { kind: 'new' };
}

/** Where a path lies after the directory `from` became `to`; unchanged when it was not below it. */
export function movedPath(path: string, from: string, to: string): string {
  return path === from ? to : path.startsWith(`${from}/`) ? to + path.slice(from.length) : path;
}
