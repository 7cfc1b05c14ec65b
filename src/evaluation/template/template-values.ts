/** How Python runs over values, looks into them and puts them in order. */
import { isDict, numberIn, PythonTuple, pythonEquals, pythonRepr, pythonStr } from '../python/python-value.ts';
import { TemplateError } from './template-scope.ts';

/** Items of anything a `for` may run over. */
export function iterate(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (value instanceof PythonTuple) return value.items;
  if (typeof value === 'string') return [...value];
  if (isDict(value)) return Object.keys(value);
  throw new TemplateError(`${pythonRepr(value)} can't be iterated over`);
}

/** `item in container`. */
export function contains(container: unknown, item: unknown): boolean {
  if (typeof container === 'string') return container.includes(pythonStr(item));
  return iterate(container).some((other) => pythonEquals(other, item));
}

/** Order of two numbers, texts or lists. */
export function compare(a: unknown, b: unknown): number {
  const x = numberIn(a);
  const y = numberIn(b);
  if (x !== undefined && y !== undefined) return x - y;
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b));
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let i = 0; i < Math.min(a.length, b.length); i++) {
      const order = compare(a[i], b[i]);
      if (order !== 0) return order;
    }
    return a.length - b.length;
  }
  throw new TemplateError(`${pythonRepr(a)} and ${pythonRepr(b)} have no order`);
}
