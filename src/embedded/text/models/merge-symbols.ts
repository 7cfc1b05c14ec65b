/** The merging of BPE: short words by looking at all pairs, long ones by a heap, so that no word takes quadratic time. */
import type { PairTable } from '../pair-table.ts';

/** Pair of tokens -> rank (lower first); rank -> the token the pair becomes. */
export interface Merges {
  readonly ranks: PairTable;
  readonly results: Int32Array;
}

const SHORT = 24;
/** A heap entry is rank x 2^31 + position: exact in a double, ordered by rank, then from left to right. */
const POSITIONS = 2 ** 31;

/** Merges until no pair of neighbours has a rank; `symbols` is used up. */
export function mergeSymbols(symbols: number[], merges: Merges): number[] {
  return symbols.length <= SHORT ? mergeShort(symbols, merges) : mergeLong(symbols, merges);
}

function mergeShort(symbols: number[], { ranks, results }: Merges): number[] {
  const pairs: number[] = [];
  for (let at = 1; at < symbols.length; at++) pairs.push(ranks.get(symbols[at - 1]!, symbols[at]!));
  for (;;) {
    let best = -1;
    for (let at = 0; at < pairs.length; at++) {
      if (pairs[at]! >= 0 && (best < 0 || pairs[at]! < pairs[best]!)) best = at;
    }
    if (best < 0) return symbols;
    symbols[best] = results[pairs[best]!]!;
    symbols.splice(best + 1, 1);
    pairs.splice(best, 1);
    if (best > 0) pairs[best - 1] = ranks.get(symbols[best - 1]!, symbols[best]!);
    if (best < pairs.length) pairs[best] = ranks.get(symbols[best]!, symbols[best + 1]!);
  }
}

function mergeLong(symbols: number[], { ranks, results }: Merges): number[] {
  const length = symbols.length;
  const next = Int32Array.from({ length }, (_, at) => (at + 1 < length ? at + 1 : -1));
  const before = Int32Array.from({ length }, (_, at) => at - 1);
  const heap = new Heap();
  const offer = (at: number) => {
    const rank = at < 0 || next[at]! < 0 ? -1 : ranks.get(symbols[at]!, symbols[next[at]!]!);
    if (rank >= 0) heap.push(rank * POSITIONS + at);
  };
  for (let at = 0; at < length; at++) offer(at);
  for (let entry = heap.pop(); entry >= 0; entry = heap.pop()) {
    const at = entry % POSITIONS;
    const rank = (entry - at) / POSITIONS;
    const right = symbols[at]! < 0 ? -1 : next[at]!;
    // Entries of pairs that have changed since are passed over.
    if (right < 0 || ranks.get(symbols[at]!, symbols[right]!) !== rank) continue;
    symbols[at] = results[rank]!;
    symbols[right] = -1;
    next[at] = next[right]!;
    if (next[right]! >= 0) before[next[right]!] = at;
    offer(before[at]!);
    offer(at);
  }
  return symbols.filter((id) => id >= 0);
}

/** Smallest number first. */
class Heap {
  readonly #entries: number[] = [];

  push(entry: number): void {
    const entries = this.#entries;
    let at = entries.push(entry) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (entries[parent]! <= entry) break;
      entries[at] = entries[parent]!;
      at = parent;
    }
    entries[at] = entry;
  }

  /** @returns -1 when it is empty */
  pop(): number {
    const entries = this.#entries;
    if (entries.length === 0) return -1;
    const top = entries[0]!;
    const last = entries.pop()!;
    const size = entries.length;
    let at = 0;
    for (let child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && entries[child + 1]! < entries[child]!) child++;
      if (entries[child]! >= last) break;
      entries[at] = entries[child]!;
      at = child;
    }
    if (size > 0) entries[at] = last;
    return top;
  }
}
