/** A few hands for the work of all calls: an engine is never given more at once, and earlier calls come first. */

export interface Hands {
  /**
   * Cuts `list` piece by piece, each when a hand is free for it, and returns the answers in the order of the list.
   * The first failure calls off the other pieces of this call and is thrown.
   * @param endOf where the piece that begins at `start` ends (behind it)
   */
  workThrough<T, R>(
    list: readonly T[],
    endOf: (start: number) => number,
    work: (piece: readonly T[], signal: AbortSignal) => Promise<readonly R[]>,
    signal?: AbortSignal,
  ): Promise<R[]>;
}

export function createHands(count: number): Hands {
  let free = count;
  const waiting: (() => void)[] = [];
  /** When the calls before have no piece left to hand out. */
  let turn: Promise<void> = Promise.resolve();

  const take = (): Promise<void> | void => {
    if (free > 0) free--;
    else return new Promise((resolve) => waiting.push(resolve));
  };
  const release = (): void => {
    const next = waiting.shift();
    if (next === undefined) free++;
    else next();
  };

  return {
    async workThrough(list, endOf, work, signal) {
      const stop = new AbortController();
      const either = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
      const pieces: ReturnType<typeof work>[] = [];
      const handOut = async () => {
        for (let start = 0; start < list.length; ) {
          await take();
          if (either.aborted) return release();
          const end = endOf(start);
          // Called off before the hand is free: it must not take up another piece of a call that failed.
          const piece = work(list.slice(start, end), either)
            .catch((error: unknown) => {
              stop.abort(error);
              throw error;
            })
            .finally(release);
          piece.catch(() => {});
          pieces.push(piece);
          start = end;
        }
      };
      const handedOut = turn.then(handOut);
      turn = handedOut.catch(() => {});
      await handedOut;
      const ended = await Promise.allSettled(pieces);
      signal?.throwIfAborted();
      if (stop.signal.aborted) throw stop.signal.reason;
      return ended.flatMap((piece) => (piece.status === 'fulfilled' ? piece.value : []));
    },
  };
}
