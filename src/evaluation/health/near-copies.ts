/**
 * Docs that are nearly the same text. Candidates come from MinHash signatures in bands (Broder 1997; locality-sensitive hashing: Leskovec,
 * Rajaraman & Ullman, Mining of Massive Datasets, ch. 3), so that 28,000 docs take seconds; each candidate is then compared exactly.
 */

import { distance } from 'fastest-levenshtein';

/** Characters of a shingle: short enough for Chinese, long enough for English. */
const SHINGLE = 5;
/** Shared shingles over all shingles (Jaccard 1901) from which two texts are compared letter by letter. */
const ALIKE = 0.8;
/** Share of the letters that stays (Levenshtein 1966) from which they are nearly the same. */
const NEARLY_THE_SAME = 0.9;
const BANDS = 8;
const ROWS = 4;
/** Many docs in one bucket share a form, not a content: each is held against so many of them, at most. */
const MOST_IN_BUCKET = 50;

/** Shorter texts differ in what matters when they differ at all: expressions over few symbols, names, single words. */
const LONG = 80;

/** Pairs [earlier, later] of places in `texts`; case and spacing do not count, and of short texts everything else does. */
export function nearCopies(texts: readonly string[]): [number, number][] {
  const plain = texts.map(plainOf);
  const shingled = plain.map(shinglesOf);
  const isCopy = (a: number, b: number): boolean => {
    const [one, other] = [plain[a]!, plain[b]!];
    if (one === other) return true;
    if (Math.min(one.length, other.length) < LONG) return false;
    if (similarity(shingled[a]!, shingled[b]!) < ALIKE) return false;
    return distance(one, other) <= (1 - NEARLY_THE_SAME) * Math.max(one.length, other.length);
  };
  const buckets = new Map<string, number[]>();
  const found = new Map<number, number>();
  shingled.forEach((shingles, place) => {
    if (shingles.size === 0) return;
    const signature = signatureOf(shingles);
    for (let band = 0; band < BANDS; band++) {
      const key = `${band}:${signature.subarray(band * ROWS, (band + 1) * ROWS).join(',')}`;
      const bucket = buckets.get(key) ?? [];
      if (!found.has(place)) {
        const twin = bucket.find((other) => isCopy(other, place));
        if (twin !== undefined) found.set(place, twin);
      }
      if (bucket.length < MOST_IN_BUCKET) bucket.push(place);
      buckets.set(key, bucket);
    }
  });
  return [...found].map(([later, earlier]): [number, number] => [earlier, later]).sort((a, b) => a[1] - b[1]);
}

/** Of whole books the beginning tells. */
const LONGEST = 4000;

function plainOf(text: string): string {
  return text.slice(0, LONGEST).normalize('NFKC').toLowerCase().replace(/\s+/gu, ' ').trim();
}

function shinglesOf(plain: string): ReadonlySet<number> {
  const shingles = new Set<number>();
  if (plain !== '' && plain.length <= SHINGLE) shingles.add(hashOf(plain, 0, plain.length));
  for (let i = 0; i + SHINGLE <= plain.length; i++) shingles.add(hashOf(plain, i, i + SHINGLE));
  return shingles;
}

/** FNV-1a, 32 bits (Fowler, Noll & Vo). */
function hashOf(text: string, from: number, to: number): number {
  let hash = 0x811c9dc5;
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

function signatureOf(shingles: ReadonlySet<number>): Uint32Array {
  const signature = new Uint32Array(BANDS * ROWS).fill(0xffffffff);
  for (const shingle of shingles) {
    for (let i = 0; i < signature.length; i++) {
      const mixed = mix(shingle ^ Math.imul(i + 1, 0x9e3779b9));
      if (mixed < signature[i]!) signature[i] = mixed;
    }
  }
  return signature;
}

/** The finaliser of MurmurHash3 (Appleby). */
function mix(value: number): number {
  let hash = value ^ (value >>> 16);
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function similarity(a: ReadonlySet<number>, b: ReadonlySet<number>): number {
  const [small, large] = a.size < b.size ? [a, b] : [b, a];
  if (small.size / large.size < ALIKE) return 0;
  let shared = 0;
  for (const each of small) if (large.has(each)) shared++;
  return shared / (a.size + b.size - shared);
}
