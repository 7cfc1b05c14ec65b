/** Requests into batches, and batches through a bounded number of hands, answers in order. */

/** Both bounds hold for every batch; a single item larger than `characters` goes alone. */
export interface BatchLimits {
  readonly items: number;
  readonly characters: number;
}

/** Cuts a list into neighbouring batches. */
export function cutBatches<T>(list: readonly T[], limits: BatchLimits, sizeOf: (item: T) => BatchLimits): T[][] {
  const batches: T[][] = [];
  let items = 0;
  let characters = 0;
  for (const item of list) {
    const size = sizeOf(item);
    items += size.items;
    characters += size.characters;
    const current = batches.at(-1);
    if (current !== undefined && items <= limits.items && characters <= limits.characters) {
      current.push(item);
      continue;
    }
    batches.push([item]);
    items = size.items;
    characters = size.characters;
  }
  return batches;
}

/** Neighbours with the same key stand together. */
export function groupNeighbours<T>(list: readonly T[], keyOf: (item: T) => string): T[][] {
  const groups: T[][] = [];
  let last: string | null = null;
  for (const item of list) {
    const key = keyOf(item);
    if (key === last) groups.at(-1)!.push(item);
    else groups.push([item]);
    last = key;
  }
  return groups;
}

/**
 * Works on every batch, at most `atOnce` at a time, and returns the answers in the order of the batches.
 * The first failure calls off the others and is thrown.
 */
export async function workThrough<T, R>(
  batches: readonly T[],
  atOnce: number,
  work: (batch: T, signal: AbortSignal) => Promise<R>,
  signal?: AbortSignal,
): Promise<R[]> {
  const stop = new AbortController();
  const either = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  const results: R[] = [];
  let next = 0;
  const hand = async () => {
    while (next < batches.length) {
      either.throwIfAborted();
      const index = next++;
      results[index] = await work(batches[index]!, either);
    }
  };
  const hands = Array.from({ length: Math.min(atOnce, batches.length) }, () =>
    hand().catch((error) => {
      stop.abort(error);
      throw error;
    }),
  );
  const ended = await Promise.allSettled(hands);
  signal?.throwIfAborted();
  if (stop.signal.aborted) throw stop.signal.reason;
  const failed = ended.find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return results;
}
