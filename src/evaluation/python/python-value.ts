/**
 * Python's values as templates and results show them. Docs hold JSON values; an integral float (1.0) needs a mark of its own,
 * because JavaScript can't tell it from 1 and a prompt shows "1.0".
 */

/** A Python float whose value happens to be integral, or any float made by arithmetic. */
export class PythonFloat {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
  valueOf(): number {
    return this.value;
  }
  /** In JSON it is the bare number. */
  toJSON(): number {
    return this.value;
  }
}

export class PythonTuple {
  readonly items: readonly unknown[];
  constructor(items: readonly unknown[]) {
    this.items = items;
  }
  toJSON(): readonly unknown[] {
    return this.items;
  }
}

export function isDict(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof PythonFloat) &&
    !(value instanceof PythonTuple)
  );
}

/** The number in an int, float or bool; undefined for anything else. */
export function numberIn(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  return value instanceof PythonFloat ? value.value : undefined;
}

export function isFloat(value: unknown): boolean {
  return value instanceof PythonFloat || (typeof value === 'number' && !Number.isInteger(value));
}

/** Wraps a float result so that it shows as one. */
export function asFloat(value: number): number | PythonFloat {
  return Number.isInteger(value) ? new PythonFloat(value) : value;
}

/** `str(value)`. */
export function pythonStr(value: unknown): string {
  return typeof value === 'string' ? value : pythonRepr(value);
}

/** `repr(value)`. */
export function pythonRepr(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return reprOfText(value);
  if (typeof value === 'bigint') return String(value);
  if (value instanceof PythonFloat) return reprOfFloat(value.value);
  if (typeof value === 'number') return Number.isInteger(value) ? reprOfInteger(value) : reprOfFloat(value);
  if (value instanceof PythonTuple) {
    return value.items.length === 1
      ? `(${pythonRepr(value.items[0])},)`
      : `(${value.items.map(pythonRepr).join(', ')})`;
  }
  if (Array.isArray(value)) return `[${value.map(pythonRepr).join(', ')}]`;
  const entries = Object.entries(value as object).map(([key, inner]) => `${reprOfText(key)}: ${pythonRepr(inner)}`);
  return `{${entries.join(', ')}}`;
}

/** `==` between JSON-like values. */
export function pythonEquals(a: unknown, b: unknown): boolean {
  const x = numberIn(a);
  const y = numberIn(b);
  if (x !== undefined || y !== undefined) return x === y;
  if (Array.isArray(a) && Array.isArray(b)) return equalItems(a, b);
  if (a instanceof PythonTuple && b instanceof PythonTuple) return equalItems(a.items, b.items);
  if (isDict(a) && isDict(b)) {
    const keys = Object.keys(a);
    return keys.length === Object.keys(b).length && keys.every((key) => key in b && pythonEquals(a[key], b[key]));
  }
  return (a ?? null) === (b ?? null);
}

/** `bool(value)`. */
export function isTruthy(value: unknown): boolean {
  if (value instanceof PythonFloat) return value.value !== 0;
  if (value instanceof PythonTuple) return value.items.length > 0;
  if (Array.isArray(value)) return value.length > 0;
  if (isDict(value)) return Object.keys(value).length > 0;
  return Boolean(value);
}

function equalItems(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, i) => pythonEquals(item, b[i]));
}

function reprOfInteger(value: number): string {
  return Number.isSafeInteger(value) ? String(value) : BigInt(value).toString();
}

/** Shortest digits that read back the same; an exponent below 1e-4 and from 1e16 on, as CPython's float_repr_style. */
function reprOfFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const [digits = '', exponent = '0'] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power < -4 || power >= 16) {
    return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
  }
  const plain = String(value);
  return Number.isInteger(value)
    ? `${BigInt(value)}.0`
    : plain.includes('e')
      ? value.toFixed(-power + digits.length)
      : plain;
}

const NOT_PRINTABLE = /[\p{C}\p{Z}]/u;
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function reprOfText(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  let body = '';
  for (const character of text) {
    if (character === quote) body += `\\${quote}`;
    else if (character in ESCAPES) body += ESCAPES[character];
    else if (character !== ' ' && NOT_PRINTABLE.test(character)) body += escaped(character.codePointAt(0)!);
    else body += character;
  }
  return `${quote}${body}${quote}`;
}

function escaped(point: number): string {
  const hex = point.toString(16);
  if (point < 0x100) return `\\x${hex.padStart(2, '0')}`;
  return point < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}
