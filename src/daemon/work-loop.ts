/** A loop that sleeps until there is something to do: woken by hand, or when the next thing becomes due. */
import { messageOf } from '../domain/errors.ts';
import type { Clock } from '../system/clock.ts';
import type { Log } from '../system/log.ts';

export interface WorkLoopOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Does one thing; true when it did something and wants to be asked again at once. */
  readonly work: (signal: AbortSignal) => Promise<boolean>;
  /** Epoch milliseconds at which something becomes due; null when only a wake-up can bring work. */
  readonly nextAt: () => number | null;
}

export interface WorkLoop {
  wake(): void;
  /** Lets the current piece of work end (its signal is aborted) and stops. */
  stop(): Promise<void>;
}

/** A mistake in one piece of work must not spin the processor. */
const PAUSE_AFTER_MISTAKE_MS = 1_000;
const LONGEST_SLEEP_MS = 60_000;

export function startWorkLoop({ name, clock, log, work, nextAt }: WorkLoopOptions): WorkLoop {
  const stopping = new AbortController();
  let woken = false;
  let interrupt = new AbortController();

  const rest = async () => {
    const due = nextAt();
    const ms = due === null ? LONGEST_SLEEP_MS : Math.min(LONGEST_SLEEP_MS, Math.max(0, due - clock.now()));
    if (!woken) await clock.sleep(ms, interrupt.signal);
    woken = false;
    interrupt = new AbortController();
  };
  const run = async () => {
    while (!stopping.signal.aborted) {
      try {
        while (!stopping.signal.aborted && (await work(stopping.signal))) woken = false;
      } catch (error) {
        log.error(`${name}: ${messageOf(error)}`, { stack: error instanceof Error ? error.stack : undefined });
        await clock.sleep(PAUSE_AFTER_MISTAKE_MS, stopping.signal);
      }
      if (!stopping.signal.aborted) await rest();
    }
  };
  // Not before the caller has the loop in hand: the work may want to wake it.
  const ended = Promise.resolve().then(run);
  return {
    wake: () => {
      woken = true;
      interrupt.abort();
    },
    stop: async () => {
      stopping.abort();
      interrupt.abort();
      await ended;
    },
  };
}
