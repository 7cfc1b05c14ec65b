/**
 * Server-sent events: what happens, as it happens, to any number of readers. A reader that comes back with the last id it saw
 * gets what it missed from the event table; there is no queue per reader, so a slow one costs nothing and harms nobody.
 */
import type { LibraEvent } from '../domain/event.ts';
import type { Clock } from '../system/clock.ts';

/** A stored event has an id to resume from; a passing one (progress) has none. */
export interface LiveEvent {
  readonly id: number | null;
  readonly event: LibraEvent;
}

export interface LiveSource {
  /** Stored events with a larger id, ascending, at most `limit`. */
  after(id: number, limit: number): readonly { readonly id: number; readonly event: LibraEvent }[];
  lastId(): number;
  subscribe(listener: (heard: LiveEvent) => void): () => void;
}

/** The part of a response that is written to. */
export interface LiveOutput {
  write(text: string): boolean;
  end(): void;
  destroy(): void;
  once(event: 'drain' | 'close', listener: () => void): unknown;
}

export interface LiveOptions {
  readonly source: LiveSource;
  readonly clock: Clock;
  readonly heartbeatMs?: number;
  /** A reader that takes nothing for this long is dropped; it may come back and resume. */
  readonly stallMs?: number;
  readonly maxReaders?: number;
}

export interface LiveHub {
  readonly isFull: () => boolean;
  readonly readers: () => number;
  /** Streams to `output` until it closes: everything after the event `since` (null: from now on), of one run if given. */
  open(output: LiveOutput, options: { readonly since: number | null; readonly run: string | null }): void;
  close(): void;
}

const BATCH = 200;

export function createLiveHub(options: LiveOptions): LiveHub {
  const { source, clock, heartbeatMs = 15_000, stallMs = 30_000, maxReaders = 200 } = options;
  const open = new Set<() => void>();

  return {
    isFull: () => open.size >= maxReaders,
    readers: () => open.size,
    close() {
      for (const end of [...open]) end();
    },
    open(output, { since, run }) {
      const newest = source.lastId();
      // An id from the future belongs to a database that is gone.
      let cursor = since === null ? newest : Math.min(since, newest);
      let isOpen = true;
      let isBlocked = false;
      let isPumping = false;
      let stall: { cancel(): void } | null = null;

      const send = (text: string): void => {
        if (output.write(text)) return;
        isBlocked = true;
        stall = clock.after(stallMs, () => {
          finish();
          output.destroy();
        });
        output.once('drain', () => {
          stall?.cancel();
          isBlocked = false;
          pump();
        });
      };
      const tell = ({ id, event }: LiveEvent): void => {
        if (id !== null) cursor = id;
        if (run !== null && event.run !== undefined && event.run !== run) return;
        send(`${id === null ? '' : `id: ${id}\n`}data: ${JSON.stringify(event)}\n\n`);
      };
      /** Reads on from the table until the reader has everything or takes no more; one batch a turn of the event loop. */
      const pump = (): void => {
        if (!isOpen || isBlocked || isPumping) return;
        const batch = source.after(cursor, BATCH);
        for (const heard of batch) {
          if (!isOpen || isBlocked) return;
          tell(heard);
        }
        if (batch.length < BATCH) return;
        isPumping = true;
        setImmediate(() => {
          isPumping = false;
          pump();
        });
      };
      const hear = (heard: LiveEvent): void => {
        if (heard.id === null) {
          if (!isBlocked && !isPumping) tell(heard);
        } else pump();
      };
      const beat = (): void => {
        if (!isOpen) return;
        if (!isBlocked) send(': still here\n\n');
        heartbeat = clock.after(heartbeatMs, beat);
      };
      const finish = (): void => {
        if (!isOpen) return;
        isOpen = false;
        unsubscribe();
        heartbeat.cancel();
        stall?.cancel();
        open.delete(end);
      };
      const end = (): void => {
        finish();
        output.end();
      };

      let heartbeat = clock.after(heartbeatMs, beat);
      const unsubscribe = source.subscribe(hear);
      open.add(end);
      output.once('close', finish);
      // The id alone tells the reader where it stands, so that it misses nothing even if it loses the line before the first event.
      send(`retry: 2000\nid: ${cursor}\n\n`);
      pump();
    },
  };
}
