/**
 * Rows of one table have one type per column, as Arrow gives them to the harness: every row has every column (and every key of a
 * nested mapping), and where one number is a float all are (1 shows as 1.0).
 */
import type { Row } from './dataset.ts';
import { asFloat, isDict, isFloat } from './python/python-value.ts';

/** What was seen at one place of all rows. */
interface Shape {
  hasFloat: boolean;
  hasInteger: boolean;
  /** Values that are mappings, and how often each key was there. */
  mappings: number;
  readonly keys: Map<string, { shape: Shape; seen: number }>;
  items: Shape | null;
}

export interface Table {
  readonly rows: readonly Row[];
  readonly columns: readonly string[];
}

export function unifyRows(rows: readonly Row[]): Table {
  const shape = emptyShape();
  for (const row of rows) look(row, shape);
  const columns = [...shape.keys.keys()];
  return { rows: isUniform(shape) ? rows : rows.map((row) => unify(row, shape) as Row), columns };
}

function emptyShape(): Shape {
  return { hasFloat: false, hasInteger: false, mappings: 0, keys: new Map(), items: null };
}

function look(value: unknown, shape: Shape): void {
  if (typeof value === 'string' || value === null) return;
  if (isFloat(value)) shape.hasFloat = true;
  else if (typeof value === 'number') shape.hasInteger = true;
  else if (Array.isArray(value)) {
    shape.items ??= emptyShape();
    for (const item of value) look(item, shape.items);
  } else if (isDict(value)) {
    shape.mappings++;
    for (const key of Object.keys(value)) {
      let entry = shape.keys.get(key);
      if (entry === undefined) {
        entry = { shape: emptyShape(), seen: 0 };
        shape.keys.set(key, entry);
      }
      entry.seen++;
      look(value[key], entry.shape);
    }
  }
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
