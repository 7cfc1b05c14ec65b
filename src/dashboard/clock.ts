/** The page's only clock and timers. */

/** Calls once after so many milliseconds; the answer forgets it. */
export function after(milliseconds: number, call: () => void): () => void {
  const timer = setTimeout(call, milliseconds);
  return () => clearTimeout(timer);
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => after(milliseconds, resolve));
}

/** Epoch milliseconds. */
export function now(): number {
  return Date.now();
}
