/** Doc ids, and the one fixed random order of a data set: a plan takes the first n, so subsets are nested and comparisons paired. */
import { sha256 } from '../../system/hash.ts';

/** Part of the order; changing it would reshuffle every user's series. */
const ORDER_SEED = 'libra-1';

/** Place of a doc in the fixed random order: docs are sorted by it, so adding docs never reorders the others. Hex SHA-256. */
export function orderKey(id: string): string {
  return sha256(`${ORDER_SEED}\n${id}`);
}

/** The row's own id, if it brings one. */
export function ownId(row: Readonly<Record<string, unknown>>): string | null {
  const { id } = row;
  return typeof id === 'string' || typeof id === 'number' ? String(id) : null;
}

/** Id of a doc that has none of its own: its content's, with a count behind it for the second and later copies. */
export function copyId(content: string, before: number): string {
  return before === 0 ? content : `${content}-${before + 1}`;
}
