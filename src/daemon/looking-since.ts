/** Since when somebody looks without a break: what was silent while nobody looked says nothing about training. */
import type { Clock } from '../system/clock.ts';

/** Looks come every few seconds; a longer break is a machine that slept or a daemon that was stopped. */
const LONGEST_BREAK_MS = 60_000;

/**
 * @param ready resolves when every watched directory was looked at once
 * @returns to be called at every look: epoch ms, null while not everything was looked at
 */
export function lookingSince(clock: Pick<Clock, 'now'>, ready: Promise<void>): () => number | null {
  let since: number | null = null;
  let last = 0;
  const begin = () => {
    since = clock.now();
    last = since;
  };
  void ready.then(begin);
  return () => {
    if (since !== null && clock.now() - last > LONGEST_BREAK_MS) begin();
    last = clock.now();
    return since;
  };
}
