/** Waits for Ctrl-C or a polite kill; a second one ends the process at once. */

export interface SignalWait {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  readonly signalled: Promise<void>;
  /** Gives the signals back to Node. */
  forget(): void;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export function untilSignal(): SignalWait {
  const asked = new AbortController();
  const onSignal = (name: NodeJS.Signals) => {
    if (asked.signal.aborted) process.exit(name === 'SIGINT' ? 130 : 143);
    asked.abort();
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  return {
    signal: asked.signal,
    signalled: new Promise((resolve) => asked.signal.addEventListener('abort', () => resolve(), { once: true })),
    forget: () => {
      for (const name of SIGNALS) process.off(name, onSignal);
    },
  };
}
