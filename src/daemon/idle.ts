/** Is there anything left to do? For `--until-idle` and the demo. */
import type { CheckpointState } from '../domain/checkpoint.ts';
import type { Store } from '../store/open-store.ts';
import type { Clock } from '../system/clock.ts';
import type { EventBus } from './event-bus.ts';

/** Resolves once nothing was left to do and nothing happened for `ms`. */
export type IdleWatch = (ms: number, signal?: AbortSignal) => Promise<void>;

export interface IdlenessSources {
  readonly store: Store;
  readonly bus: EventBus;
  readonly clock: Clock;
  /** Resolves when every watched directory was looked at once. */
  readonly ready: Promise<void>;
  /** Checkpoints that may still become complete. */
  readonly unsettled: () => number;
}

const WORK: readonly CheckpointState[] = ['found', 'settling', 'complete', 'queued', 'evaluating'];
const LOOK_EVERY_MS = 100;

export function watchIdleness({ store, bus, clock, ready, unsettled }: IdlenessSources): IdleWatch {
  let last = clock.monotonic();
  bus.subscribe(() => {
    last = clock.monotonic();
  });
  const isBusy = () =>
    unsettled() > 0 ||
    store.checkpoints.inState(...WORK).length > 0 ||
    store.jobs.unfinished().length > 0 ||
    store.deliveries.due(1).length > 0;
  return async (ms, signal) => {
    await ready;
    last = clock.monotonic();
    while (!signal?.aborted) {
      if (isBusy()) last = clock.monotonic();
      else if (clock.monotonic() - last >= ms) return;
      await clock.sleep(LOOK_EVERY_MS, signal);
    }
  };
}
