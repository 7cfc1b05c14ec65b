/** Jinja's filters and tests, and the harness's own `regex_replace`. */
import { canonicalJson } from '../../system/json.ts';
import { compilePythonRegex, substitute } from '../python/python-regex.ts';
import { lengthOf, strip } from '../python/python-text.ts';
import {
  asFloat,
  isDict,
  isFloat,
  isTruthy,
  numberIn,
  PythonFloat,
  PythonTuple,
  pythonEquals,
  pythonRepr,
  pythonStr,
} from '../python/python-value.ts';
import { capitalize, methodOf } from './template-methods.ts';
import { defined, TemplateError, TemplateUndefined } from './template-scope.ts';

type Keywords = Readonly<Record<string, unknown>>;
type FilterFunction = (value: unknown, args: readonly unknown[], keywords: Keywords) => unknown;

/** Items of anything a `for` may run over. */
export function iterate(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (value instanceof PythonTuple) return value.items;
  if (typeof value === 'string') return [...value];
  if (isDict(value)) return Object.keys(value);
  throw new TemplateError(`${pythonRepr(value)} can't be iterated over`);
}

/** Attribute or item by a dotted path, as `map(attribute=...)` takes it. */
function attributeOf(item: unknown, path: unknown): unknown {
  return pythonStr(path)
    .split('.')
    .reduce<unknown>((value, key) => (isDict(value) ? value[key] : (value as readonly unknown[])[Number(key)]), item);
}

const FILTERS: Readonly<Record<string, FilterFunction>> = {
  string: (value) => pythonStr(value),
  length: (value) => (typeof value === 'string' ? lengthOf(value) : iterate(value).length),
  count: (value) => FILTERS.length!(value, [], {}),
  trim: (value, [characters]) => strip(pythonStr(value), characters as string | undefined),
  upper: (value) => pythonStr(value).toUpperCase(),
  lower: (value) => pythonStr(value).toLowerCase(),
  capitalize: (value) => capitalize(pythonStr(value)),
  title: (value) => pythonStr(value).replace(/[^\s\-()[\]{}<]+/gu, capitalize),
  replace: (value, args) => methodOf(pythonStr(value), 'replace')!(args.map(pythonStr), {}),
  regex_replace: (value, [pattern, replacement, count]) =>
    substitute(
      compilePythonRegex(pythonStr(pattern)),
      pythonStr(replacement),
      pythonStr(value),
      (count as number | undefined) ?? 0,
    ),
  join: (value, args, keywords) => {
    const attribute = args[1] ?? keywords.attribute;
    const items = iterate(value).map((item) => (attribute === undefined ? item : attributeOf(item, attribute)));
    return items.map((item) => pythonStr(defined(item))).join(pythonStr(args[0] ?? keywords.d ?? ''));
  },
  list: (value) => [...iterate(value)],
  first: (value) => iterate(value)[0] ?? new TemplateUndefined('No first item, sequence was empty.'),
  last: (value) => iterate(value).at(-1) ?? new TemplateUndefined('No last item, sequence was empty.'),
  reverse: (value) => (typeof value === 'string' ? [...value].reverse().join('') : [...iterate(value)].reverse()),
  unique: (value) => iterate(value).filter((item, i, all) => all.findIndex((other) => pythonEquals(other, item)) === i),
  sort: (value, args, keywords) => {
    const attribute = keywords.attribute;
    const key = (item: unknown) => folded(attribute === undefined ? item : attributeOf(item, attribute));
    const sorted = [...iterate(value)].sort((a, b) => compare(key(a), key(b)));
    return isTruthy(args[0] ?? keywords.reverse ?? false) ? sorted.reverse() : sorted;
  },
  map: (value, args, keywords) => {
    const attribute = keywords.attribute;
    if (attribute !== undefined) return iterate(value).map((item) => attributeOf(item, attribute));
    return iterate(value).map((item) => applyFilter(pythonStr(args[0]), item, args.slice(1), keywords));
  },
  select: (value, args) => iterate(value).filter((item) => passes(item, args)),
  reject: (value, args) => iterate(value).filter((item) => !passes(item, args)),
  selectattr: (value, [path, ...test]) => iterate(value).filter((item) => passes(attributeOf(item, path), test)),
  rejectattr: (value, [path, ...test]) => iterate(value).filter((item) => !passes(attributeOf(item, path), test)),
  int: (value, [other]) => {
    const number = numberIn(value) ?? (/^\s*[+-]?\d+(\.\d*)?\s*$/.test(pythonStr(value)) ? Number(value) : undefined);
    return number === undefined ? (other ?? 0) : Math.trunc(number);
  },
  float: (value, [other]) => {
    const number = numberIn(value) ?? (strip(pythonStr(value)) === '' ? Number.NaN : Number(value));
    return Number.isNaN(number) ? (other ?? new PythonFloat(0)) : asFloat(number);
  },
  abs: (value) => (isFloat(value) ? asFloat(Math.abs(numberIn(value)!)) : Math.abs(numberIn(value)!)),
  round: (value, [digits]) => {
    const scale = 10 ** ((digits as number | undefined) ?? 0);
    return asFloat(Math.round(numberIn(value)! * scale) / scale);
  },
  sum: (value) => iterate(value).reduce<number>((total, item) => total + (numberIn(item) ?? 0), 0),
  min: (value) => [...iterate(value)].sort(compare)[0],
  max: (value) => [...iterate(value)].sort(compare).at(-1),
  items: (value) => methodOf(value, 'items')!([], {}),
  dictsort: (value) =>
    (methodOf(value, 'items')!([], {}) as PythonTuple[]).sort((a, b) => compare(a.items[0], b.items[0])),
  default: (value, [other, alsoFalsy], keywords) => {
    const missing = value instanceof TemplateUndefined || (isTruthy(alsoFalsy ?? keywords.boolean) && !isTruthy(value));
    return missing ? (other ?? '') : value;
  },
  d: (value, args, keywords) => FILTERS.default!(value, args, keywords),
  tojson: (value) => spacedJson(value),
  safe: (value) => value,
  e: (value) => escapeHtml(pythonStr(value)),
  escape: (value) => escapeHtml(pythonStr(value)),
  wordcount: (value) => (pythonStr(value).match(/[\p{L}\p{N}_]+/gu) ?? []).length,
  indent: (value, [width]) => pythonStr(value).replaceAll(/\n(?=[^\n])/g, `\n${' '.repeat((width as number) ?? 4)}`),
};

const TESTS: Readonly<Record<string, (value: unknown, args: readonly unknown[]) => boolean>> = {
  defined: (value) => !(value instanceof TemplateUndefined),
  undefined: (value) => value instanceof TemplateUndefined,
  none: (value) => defined(value) === null,
  string: (value) => typeof value === 'string',
  number: (value) => numberIn(value) !== undefined,
  integer: (value) => typeof value === 'number' && Number.isInteger(value),
  float: (value) => isFloat(value),
  boolean: (value) => typeof value === 'boolean',
  true: (value) => value === true,
  false: (value) => value === false,
  mapping: (value) => isDict(value),
  sequence: (value) =>
    typeof value === 'string' || Array.isArray(value) || value instanceof PythonTuple || isDict(value),
  iterable: (value) =>
    typeof value === 'string' || Array.isArray(value) || value instanceof PythonTuple || isDict(value),
  odd: (value) => Math.abs((numberIn(value) ?? 0) % 2) === 1,
  even: (value) => (numberIn(value) ?? 1) % 2 === 0,
  lower: (value) => pythonStr(value) === pythonStr(value).toLowerCase(),
  upper: (value) => pythonStr(value) === pythonStr(value).toUpperCase(),
  eq: (value, [other]) => pythonEquals(value, other),
  equalto: (value, [other]) => pythonEquals(value, other),
  ne: (value, [other]) => !pythonEquals(value, other),
  in: (value, [container]) => contains(container, value),
};

export function applyFilter(name: string, value: unknown, args: readonly unknown[], keywords: Keywords): unknown {
  if (!Object.hasOwn(FILTERS, name)) throw new TemplateError(`the Jinja filter '${name}' is not known`);
  return FILTERS[name]!(name === 'default' || name === 'd' ? value : defined(value), args, keywords);
}

export function applyTest(name: string, value: unknown, args: readonly unknown[] = []): boolean {
  if (!Object.hasOwn(TESTS, name)) throw new TemplateError(`the Jinja test '${name}' is not known`);
  return TESTS[name]!(value, args);
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

function passes(item: unknown, [name, ...args]: readonly unknown[]): boolean {
  return name === undefined ? isTruthy(item) : applyTest(pythonStr(name), item, args);
}

function folded(value: unknown): unknown {
  return typeof value === 'string' ? value.toLowerCase() : value;
}

/** `json.dumps(value, sort_keys=True)` with its ", " and ": ", and the characters HTML would take amiss escaped, as Jinja does. */
function spacedJson(value: unknown): string {
  const dump = (inner: unknown): string => {
    if (Array.isArray(inner)) return `[${inner.map(dump).join(', ')}]`;
    if (inner === null || typeof inner !== 'object') return JSON.stringify(inner);
    return `{${Object.entries(inner)
      .map(([key, member]) => `${JSON.stringify(key)}: ${dump(member)}`)
      .join(', ')}}`;
  };
  const ascii = dump(JSON.parse(canonicalJson(value))).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return ascii.replace(/[<>&']/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function escapeHtml(text: string): string {
  const names: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&#34;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (one) => names[one]!);
}
