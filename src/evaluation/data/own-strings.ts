/** A text cut out of a large one keeps all of it in memory; a copy of its own does not. */

import { isDict } from '../python/python-value.ts';
import type { Row } from './dataset.ts';

/** Characters up to which the engine copies anyway. */
const ALWAYS_COPIED = 12;

export function ownStrings(row: Row): Row {
  return owned(row) as Row;
}

function owned(value: unknown): unknown {
  if (typeof value === 'string') return value.length <= ALWAYS_COPIED ? value : copyOf(value);
  if (Array.isArray(value)) return value.map(owned);
  if (!isDict(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, owned(inner)]));
}

function copyOf(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: every character of one byte counts
  const encoding = /^[\x00-\xff]*$/.test(text) ? 'latin1' : 'utf16le';
  return Buffer.from(text, encoding).toString(encoding);
}
