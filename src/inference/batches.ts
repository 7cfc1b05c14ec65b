/** Requests into batches. Pure. */

/** Both bounds hold for every batch; a single item larger than either goes alone. */
export interface BatchLimits {
  readonly items: number;
  readonly characters: number;
}

/** Where the batch that begins at `start` ends: after the last neighbour that fits and has the first one's key. */
export function endOfBatch<T>(
  list: readonly T[],
  start: number,
  limits: BatchLimits,
  { sizeOf, keyOf }: { readonly sizeOf: (item: T) => BatchLimits; readonly keyOf?: (item: T) => string },
): number {
  let items = 0;
  let characters = 0;
  const key = start < list.length ? keyOf?.(list[start]!) : undefined;
  for (let end = start; end < list.length; end++) {
    const size = sizeOf(list[end]!);
    items += size.items;
    characters += size.characters;
    const isFull = items > limits.items || characters > limits.characters;
    if (end > start && (isFull || keyOf?.(list[end]!) !== key)) return end;
  }
  return list.length;
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
