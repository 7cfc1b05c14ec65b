/** What the routes work with. */
import type { EventBus } from '../daemon/event-bus.ts';
import type { Store } from '../store/open-store.ts';
import type { Clock } from '../system/clock.ts';

export interface ApiRoom {
  readonly store: Store;
  readonly events: Pick<EventBus, 'emit' | 'subscribe' | 'transact'>;
  /** A hint that something was written at this path: only wakes the watcher. */
  readonly poke: (path: string) => void;
  /** False while the daemon still starts up. */
  readonly isReady: () => boolean;
  readonly version: string;
  readonly clock: Clock;
}
