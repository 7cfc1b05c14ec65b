/** Random numbers that follow from a text: the same seed gives the same numbers on every machine and every checkpoint. */
import { hash } from 'node:crypto';

export interface SeededRandom {
  /** In [0, 1). */
  next(): number;
  /** A whole number in [0, count). */
  below(count: number): number;
}

/** sfc32 (Doty-Humphrey's Small Fast Counting generator), its state taken from the seed's SHA-256. */
export function createRandom(seed: string): SeededRandom {
  const digest = hash('sha256', seed, 'buffer');
  let a = digest.readInt32LE(0);
  let b = digest.readInt32LE(4);
  let c = digest.readInt32LE(8);
  let counter = digest.readInt32LE(12);
  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  return { next, below: (count) => Math.floor(next() * count) };
}

/** One of the items. */
export function pickFrom<T>(items: ArrayLike<T>, random: SeededRandom): T {
  return items[random.below(items.length)]!;
}
