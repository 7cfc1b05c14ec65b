/**
 * What happens, told to whoever listens: stored first, then handed out.
 * Inside `transact` nothing is handed out before the commit, and nothing at all after a rollback.
 */
import type { EventName, LibraEvent } from '../domain/event.ts';
import { rfc3339 } from '../system/clock.ts';

/** A stored event has an id to resume from; a passing one (progress) has none. */
export interface HeardEvent {
  readonly id: number | null;
  readonly event: LibraEvent;
}

export type EventListener = (heard: HeardEvent) => void;

type Details = Readonly<Record<string, unknown>> & {
  readonly run?: string;
  readonly checkpoint?: string;
  readonly step?: number;
};

export interface EventBus {
  /** Stores the event and tells the listeners. */
  emit(name: EventName, details?: Details): void;
  /** Tells the listeners only: for progress, which nobody needs to read again. */
  pass(name: EventName, details?: Details): void;
  /** Returns how to stop listening. */
  subscribe(listener: EventListener): () => void;
  /** Runs `work` in one database transaction; its events are handed out after the commit. */
  transact<T>(work: () => T): T;
}

export interface EventBusOptions {
  /** Stores an event and returns its id. */
  readonly append: (event: LibraEvent) => number;
  readonly transaction: <T>(work: () => T) => T;
  readonly now: () => number;
  /** A listener that throws must not harm the others. */
  readonly onListenerError: (error: unknown) => void;
}

export function createEventBus(options: EventBusOptions): EventBus {
  const listeners = new Set<EventListener>();
  let waiting: HeardEvent[] = [];
  let depth = 0;

  const tell = (heard: HeardEvent) => {
    for (const listener of listeners) {
      try {
        listener(heard);
      } catch (error) {
        options.onListenerError(error);
      }
    }
  };
  const make = (name: EventName, details: Details): LibraEvent => ({
    event: name,
    at: rfc3339(options.now()),
    ...details,
  });

  return {
    emit: (name, details = {}) => {
      const event = make(name, details);
      const heard = { id: options.append(event), event };
      if (depth > 0) waiting.push(heard);
      else tell(heard);
    },
    pass: (name, details = {}) => tell({ id: null, event: make(name, details) }),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    transact: (work) => {
      const before = waiting.length;
      depth += 1;
      try {
        const result = options.transaction(work);
        depth -= 1;
        if (depth === 0) {
          const told = waiting;
          waiting = [];
          told.forEach(tell);
        }
        return result;
      } catch (error) {
        depth -= 1;
        waiting.length = before;
        throw error;
      }
    },
  };
}
