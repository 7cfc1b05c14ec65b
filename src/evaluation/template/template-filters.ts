/** Jinja's filters, and the harness's own `regex_replace`. */
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
  pythonStr,
} from '../python/python-value.ts';
import { batches, slices } from './chunk-list.ts';
import { escapeHtml, formatText, indented, jsonText, roundHalfEven, truncated } from './format-text.ts';
import { capitalize, methodOf } from './template-methods.ts';
import { defined, TemplateError, TemplateUndefined } from './template-scope.ts';
import { applyTest } from './template-tests.ts';
import { compare, iterate } from './template-values.ts';

type Keywords = Readonly<Record<string, unknown>>;
type FilterFunction = (value: unknown, args: readonly unknown[], keywords: Keywords) => unknown;

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
  replace: (value, [from, to, count]) =>
    methodOf(pythonStr(value), 'replace')!([pythonStr(from), pythonStr(to), count], {}),
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
  unique: (value) => {
    const same = (a: unknown, b: unknown) => pythonEquals(folded(a), folded(b));
    return iterate(value).filter((item, i, all) => all.findIndex((other) => same(other, item)) === i);
  },
  sort: (value, args, keywords) => {
    const attribute = args[2] ?? keywords.attribute;
    const fold = isTruthy(args[1] ?? keywords.case_sensitive) ? (item: unknown) => item : folded;
    const key = (item: unknown) => fold(attribute === undefined ? item : attributeOf(item, attribute));
    const sorted = [...iterate(value)].sort((a, b) => compare(key(a), key(b)));
    // Backwards, but equals stay in their order.
    return isTruthy(args[0] ?? keywords.reverse) ? sorted.reverse().sort((a, b) => compare(key(b), key(a))) : sorted;
  },
  map: (value, args, keywords) => {
    const attribute = keywords.attribute;
    if (attribute !== undefined) {
      return iterate(value).map((item) => attributeOf(item, attribute) ?? keywords.default ?? null);
    }
    return iterate(value).map((item) => applyFilter(pythonStr(args[0]), item, args.slice(1), keywords));
  },
  attr: (value, [name]) => attributeOf(value, name),
  batch: (value, [size, fill]) => batches(iterate(value), numberIn(size) ?? 1, fill),
  groupby: (value, args, keywords) => {
    const attribute = args[0] ?? keywords.attribute;
    const key = (item: unknown) => attributeOf(item, attribute);
    const sorted = [...iterate(value)].sort((a, b) => compare(folded(key(a)), folded(key(b))));
    const groups: [unknown, unknown[]][] = [];
    for (const item of sorted) {
      const last = groups.at(-1);
      if (last !== undefined && pythonEquals(folded(last[0]), folded(key(item)))) last[1].push(item);
      else groups.push([key(item), [item]]);
    }
    return groups.map((group) => new PythonTuple(group));
  },
  slice: (value, [count, fill]) => slices(iterate(value), numberIn(count) ?? 1, fill),
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
  round: (value, args, keywords) => {
    const scale = 10 ** (numberIn(args[0] ?? keywords.precision) ?? 0);
    const method = args[1] ?? keywords.method ?? 'common';
    const scaled = numberIn(value)! * scale;
    if (method === 'ceil') return asFloat(Math.ceil(scaled) / scale);
    if (method === 'floor') return asFloat(Math.floor(scaled) / scale);
    return asFloat(roundHalfEven(scaled) / scale);
  },
  sum: (value, args, keywords) => {
    const attribute = args[0] ?? keywords.attribute;
    const numbers = iterate(value).map((item) => (attribute === undefined ? item : attributeOf(item, attribute)));
    const total = numbers.reduce<number>(
      (sum, item) => sum + numberIn(item)!,
      numberIn(args[1] ?? keywords.start) ?? 0,
    );
    return numbers.some(isFloat) ? asFloat(total) : total;
  },
  min: (value) => extreme(value, -1),
  max: (value) => extreme(value, 1),
  items: (value) => methodOf(value, 'items')!([], {}),
  dictsort: (value, args, keywords) => {
    const place = (args[1] ?? keywords.by) === 'value' ? 1 : 0;
    const key = (pair: PythonTuple) =>
      isTruthy(args[0] ?? keywords.case_sensitive) ? pair.items[place] : folded(pair.items[place]);
    const sorted = (methodOf(value, 'items')!([], {}) as PythonTuple[]).sort((a, b) => compare(key(a), key(b)));
    return isTruthy(args[2] ?? keywords.reverse) ? sorted.reverse() : sorted;
  },
  default: (value, [other, alsoFalsy], keywords) => {
    const missing = value instanceof TemplateUndefined || (isTruthy(alsoFalsy ?? keywords.boolean) && !isTruthy(value));
    return missing ? (other ?? keywords.default_value ?? '') : value;
  },
  d: (value, args, keywords) => FILTERS.default!(value, args, keywords),
  tojson: (value, [indent], keywords) => jsonText(value, numberIn(indent ?? keywords.indent) ?? null),
  center: (value, [width]) => methodOf(pythonStr(value), 'center')!([width ?? 80], {}),
  format: (value, args) => formatText(pythonStr(value), new PythonTuple(args)),
  striptags: (value) =>
    pythonStr(value)
      .replace(/<!--.*?-->|<[^>]*>/gs, '')
      .replace(/\s+/g, ' ')
      .trim(),
  truncate: (value, args, keywords) => truncated(pythonStr(value), args, keywords),
  urlencode: (value) => encodeURIComponent(pythonStr(value)).replaceAll('%2F', '/'),
  safe: (value) => value,
  e: (value) => escapeHtml(pythonStr(value)),
  escape: (value) => escapeHtml(pythonStr(value)),
  wordcount: (value) => (pythonStr(value).match(/[\p{L}\p{N}_]+/gu) ?? []).length,
  indent: (value, args, keywords) => indented(pythonStr(value), args, keywords),
};

export function applyFilter(name: string, value: unknown, args: readonly unknown[], keywords: Keywords): unknown {
  if (!Object.hasOwn(FILTERS, name)) throw new TemplateError(`the Jinja filter '${name}' is not known`);
  return FILTERS[name]!(name === 'default' || name === 'd' ? value : defined(value), args, keywords);
}

function passes(item: unknown, [name, ...args]: readonly unknown[]): boolean {
  return name === undefined ? isTruthy(item) : applyTest(pythonStr(name), item, args);
}

function folded(value: unknown): unknown {
  return typeof value === 'string' ? value.toLowerCase() : value;
}

/** Of equals the first; texts without regard to case. */
function extreme(value: unknown, sign: 1 | -1): unknown {
  const items = iterate(value);
  if (items.length === 0) return new TemplateUndefined('No aggregated item, sequence was empty.');
  return items.reduce((best, item) => (sign * compare(folded(item), folded(best)) > 0 ? item : best));
}
