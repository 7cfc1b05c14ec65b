/** How often each id of 16 hex digits was seen: 12 bytes an id, where a Map of strings would take over a hundred. */

export interface SeenIds {
  /** Counts the id once more and returns how often it was there before. */
  add(id: string): number;
  readonly size: number;
}

/** Share of the table that may be in use before it grows. */
const FULL = 0.7;

export function createSeenIds(): SeenIds {
  let slots = 1 << 12;
  let highs = new Uint32Array(slots);
  let lows = new Uint32Array(slots);
  let counts = new Uint32Array(slots);
  let size = 0;

  const slotOf = (high: number, low: number): number => {
    let slot = (low ^ Math.imul(high, 0x9e3779b1)) & (slots - 1);
    while (counts[slot] !== 0 && (highs[slot] !== high || lows[slot] !== low)) slot = (slot + 1) & (slots - 1);
    return slot;
  };

  const grow = () => {
    const [oldHighs, oldLows, oldCounts] = [highs, lows, counts];
    slots *= 2;
    highs = new Uint32Array(slots);
    lows = new Uint32Array(slots);
    counts = new Uint32Array(slots);
    for (let i = 0; i < oldCounts.length; i++) {
      if (oldCounts[i] === 0) continue;
      const slot = slotOf(oldHighs[i]!, oldLows[i]!);
      highs[slot] = oldHighs[i]!;
      lows[slot] = oldLows[i]!;
      counts[slot] = oldCounts[i]!;
    }
  };

  return {
    add(id) {
      if (size >= slots * FULL) grow();
      const high = Number.parseInt(id.slice(0, 8), 16);
      const low = Number.parseInt(id.slice(8, 16), 16);
      const slot = slotOf(high, low);
      highs[slot] = high;
      lows[slot] = low;
      const before = counts[slot]!;
      counts[slot] = before + 1;
      if (before === 0) size++;
      return before;
    },
    get size() {
      return size;
    },
  };
}
