/**
 * Rows of one table have one type per column, as Arrow gives them to the harness: every row has every column (and every key of a
 * nested mapping), and where one number is a float all are (1 shows as 1.0).
 */

import { asFloat, isDict, isFloat } from '../python/python-value.ts';
import type { Row } from './dataset.ts';

/** What was seen at one place of all rows. */
interface Shape {
  hasFloat: boolean;
  hasInteger: boolean;
  /** Values that are mappings, and how often each key was there. */
  mappings: number;
  readonly keys: Map<string, { shape: Shape; seen: number }>;
  items: Shape | null;
}

/** The columns of a table whose rows come one after the other. */
export interface TableShape {
  /** @throws Error when the rows have more different keys than a table could have columns */
  look(row: Row): void;
  /** In the order they were first seen. */
  columns(): readonly string[];
  /** The row as the table has it; the very same when nothing is to change. */
  unify(row: Row): Row;
  /** Equal for tables that show equal rows equally. */
  signature(): string;
}

/** Names of columns and nested keys together. */
const MOST_KEYS = 20_000;

export function createTableShape(): TableShape {
  const shape = emptyShape();
  let keys = 0;
  let isUniformNow: boolean | null = null;

  const look = (value: unknown, at: Shape): void => {
    if (typeof value === 'string' || value === null) return;
    if (typeof value === 'number') {
      if (Number.isInteger(value)) at.hasInteger = true;
      else at.hasFloat = true;
    } else if (Array.isArray(value)) {
      at.items ??= emptyShape();
      for (const item of value) look(item, at.items);
    } else if (isDict(value)) {
      at.mappings++;
      for (const key in value) {
        let entry = at.keys.get(key);
        if (entry === undefined) {
          if (++keys > MOST_KEYS) throw new Error(`its rows have more than ${MOST_KEYS} different keys`);
          entry = { shape: emptyShape(), seen: 0 };
          at.keys.set(key, entry);
        }
        entry.seen++;
        look(value[key], entry.shape);
      }
    } else if (isFloat(value)) at.hasFloat = true;
  };

  return {
    look(row) {
      isUniformNow = null;
      look(row, shape);
    },
    columns: () => [...shape.keys.keys()],
    unify(row) {
      isUniformNow ??= isUniform(shape);
      return isUniformNow ? row : (unify(row, shape) as Row);
    },
    signature: () => JSON.stringify(signatureOf(shape)),
  };
}

function emptyShape(): Shape {
  return { hasFloat: false, hasInteger: false, mappings: 0, keys: new Map(), items: null };
}

function isUniform(shape: Shape): boolean {
  if (shape.hasFloat && shape.hasInteger) return false;
  if (shape.items !== null && !isUniform(shape.items)) return false;
  for (const { shape: inner, seen } of shape.keys.values()) {
    if (seen !== shape.mappings || !isUniform(inner)) return false;
  }
  return true;
}

function unify(value: unknown, shape: Shape): unknown {
  if (typeof value === 'number') return shape.hasFloat ? asFloat(value) : value;
  if (Array.isArray(value)) return value.map((item) => unify(item, shape.items!));
  if (!isDict(value)) return value;
  return Object.fromEntries([...shape.keys].map(([key, { shape: inner }]) => [key, unify(value[key] ?? null, inner)]));
}

function signatureOf({ hasFloat, keys, items }: Shape): unknown {
  const nested = [...keys].map(([key, { shape }]) => [key, signatureOf(shape)]).sort(([a], [b]) => (a! < b! ? -1 : 1));
  return [hasFloat ? 1 : 0, nested, items === null ? 0 : signatureOf(items)];
}
