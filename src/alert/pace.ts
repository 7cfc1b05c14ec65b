/** Keeps to how often a service lets itself be called, whatever the number of channels that lead to it. */
import type { Clock } from '../system/clock.ts';
import type { Notifier } from './notifier.ts';

/** At most so many in any stretch of so long. */
export interface Rate {
  readonly count: number;
  readonly perMs: number;
}

/** What a notifier's service allows. */
export interface Pace {
  /** What is counted together: the address, or the chat behind it. */
  readonly key: string;
  readonly rates: readonly Rate[];
}

/** Times of calls by what is counted together; one for all notifiers of a process, so that a new configuration forgets nothing. */
export type PaceBook = Map<string, number[]>;

/** The first time at or after `now` at which one more call keeps to every rate, after those at `times` (ascending). Pure. */
export function nextCallAt(rates: readonly Rate[], times: readonly number[], now: number): number {
  return rates.reduce(
    (at, { count, perMs }) => Math.max(at, (times.at(-count) ?? Number.NEGATIVE_INFINITY) + perMs),
    now,
  );
}

/** The same notifier, whose sending waits until it is allowed. */
export function keepPace(notifier: Notifier, book: PaceBook, clock: Clock): Notifier {
  const { pace } = notifier;
  if (pace === undefined) return notifier;
  const most = Math.max(...pace.rates.map(({ count }) => count));
  return {
    ...notifier,
    send: async (outgoing, signal) => {
      const now = clock.now();
      const times = book.get(pace.key) ?? [];
      const at = nextCallAt(pace.rates, times, now);
      // Taken before the wait: whoever asks meanwhile comes after it.
      book.set(pace.key, [...times, at].slice(-most));
      if (at > now) await clock.sleep(at - now, signal);
      return notifier.send(outgoing, signal);
    },
  };
}
