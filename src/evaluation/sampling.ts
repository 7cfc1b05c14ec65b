/** Doc ids, and the one fixed random order of a data set: a plan takes the first n, so subsets are nested and comparisons paired. */

import { sha256, stableId } from '../system/hash.ts';
import { canonicalJson } from '../system/json.ts';
import type { Row } from './dataset.ts';

/** Part of the order; changing it would reshuffle every user's series. */
const ORDER_SEED = 'libra-1';

/**
 * Stable over versions of the file: the `id` column if every doc has one of its own, else a hash of the content
 * (with a count behind it for the second and later copies of a doc).
 */
export function docIdsOf(rows: readonly Row[]): string[] {
  const ids = rows.map((row) => row.id);
  const own = ids.filter((id) => typeof id === 'string' || typeof id === 'number').map(String);
  if (own.length === rows.length && new Set(own).size === rows.length) return own;
  const copies = new Map<string, number>();
  return rows.map((row) => {
    const hash = stableId(canonicalJson(row));
    const copy = copies.get(hash) ?? 0;
    copies.set(hash, copy + 1);
    return copy === 0 ? hash : `${hash}-${copy + 1}`;
  });
}

/** Places of the docs in the fixed random order: sorted by a hash of seed and doc id, so adding docs never reorders the others. */
export function fixedOrder(ids: readonly string[]): number[] {
  const keyed = ids.map((id, place) => ({ place, key: sha256(`${ORDER_SEED}\n${id}`) }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.place - b.place));
  return keyed.map(({ place }) => place);
}
