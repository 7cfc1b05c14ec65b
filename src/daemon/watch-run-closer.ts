/** The team's word to look at some capabilities of a run more closely for a while; the next plan follows it. */
import { LibraError } from '../domain/errors.ts';
import type { WatchCloser } from '../domain/watch-closer.ts';
import type { Store } from '../store/open-store.ts';

/**
 * Zero checkpoints take the word back.
 * @throws LIBRA_NOT_FOUND for a capability that nothing of this run measures
 */
export function watchRunCloser(
  store: Store,
  run: string,
  wish: Pick<WatchCloser, 'capabilities' | 'checkpoints' | 'reason' | 'by'>,
): void {
  if (wish.checkpoints === 0) {
    store.watchCloser.forget(run);
    return;
  }
  const measured = measuredBy(store, run);
  const unknown = wish.capabilities.filter((one) => measured.size > 0 && !measured.has(one));
  if (unknown.length > 0) {
    throw new LibraError('LIBRA_NOT_FOUND', `Nothing of this run measures ${unknown.join(', ')}.`, {
      hint: `Name one of: ${[...measured].sort().join(', ')}.`,
    });
  }
  store.watchCloser.say({ run, ...wish });
}

/** Every node of the tree that the run's newest scores speak of; empty before there are any. */
function measuredBy(store: Store, run: string): ReadonlySet<string> {
  const newest = store.checkpoints.newestEvaluated(run);
  if (newest === null) return new Set();
  return new Set(store.scores.capabilitiesOf(newest.id).map(({ capability }) => capability));
}
