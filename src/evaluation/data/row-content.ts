/** What a row says, whatever file it came from: equal content gives equal text, id and digest. */
import { sha256 } from '../../system/hash.ts';
import { isDict } from '../python/python-value.ts';
import type { Row } from './dataset.ts';

/** The row's content as a number. */
export function contentOf(row: Row): number {
  const digest = contentDigest(contentText(row));
  return contentNumber(Number.parseInt(digest.slice(0, 8), 16), Number.parseInt(digest.slice(8, 16), 16));
}

/** The first 53 bits of a content's digest: enough to tell two rows apart, and quick to compare. */
export function contentNumber(high: number, low: number): number {
  return high * 2 ** 21 + (low >>> 11);
}

/** Hex SHA-256 of a content's text, as `stableId` takes it. */
export function contentDigest(text: string): string {
  return sha256(`[${JSON.stringify(text)}]`);
}

/**
 * JSON with sorted keys. A key without a value counts as not there: tables fill their rows up with them, JSON Lines need not.
 */
export function contentText(row: Row): string {
  return dictText(row);
}

function dictText(dict: Readonly<Record<string, unknown>>): string {
  const keys = Object.keys(dict);
  if (!isSorted(keys)) keys.sort();
  let text = '{';
  for (const key of keys) {
    const value = dict[key];
    if (value === null || value === undefined) continue;
    text += `${text.length > 1 ? ',' : ''}${JSON.stringify(key)}:${valueText(value)}`;
  }
  return `${text}}`;
}

function valueText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(valueText).join(',')}]`;
  if (isDict(value)) return dictText(value);
  return JSON.stringify(value) ?? 'null';
}

function isSorted(keys: readonly string[]): boolean {
  for (let i = 1; i < keys.length; i++) if (keys[i]! < keys[i - 1]!) return false;
  return true;
}
