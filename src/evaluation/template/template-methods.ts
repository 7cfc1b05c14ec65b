/** Methods of Python's strings, lists and dicts that templates call. */
import { lengthOf, split, strip, stripEnd, stripStart } from '../python/python-text.ts';
import { isDict, PythonTuple, pythonEquals, pythonRepr, pythonStr } from '../python/python-value.ts';
import { boundedLength, TemplateError, type TemplateFunction } from './template-scope.ts';

const text = (value: unknown): string => {
  if (typeof value !== 'string') throw new TemplateError(`expected text, got ${pythonRepr(value)}`);
  return value;
};
const optionalText = (value: unknown): string | null => (value == null ? null : text(value));

const LINE_ENDS = '\\n\\r\\v\\f\\x1c-\\x1e\\x85\\u2028\\u2029';
const LINE_BREAK = new RegExp(`\\r\\n|[${LINE_ENDS}]`, 'u');

const STRING_METHODS: Readonly<
  Record<string, (self: string, args: readonly unknown[], keywords: Readonly<Record<string, unknown>>) => unknown>
> = {
  strip: (self, [characters]) => strip(self, optionalText(characters)),
  lstrip: (self, [characters]) => stripStart(self, optionalText(characters)),
  rstrip: (self, [characters]) => stripEnd(self, optionalText(characters)),
  split: (self, [separator, limit]) => split(self, optionalText(separator), (limit as number | undefined) ?? -1),
  rsplit: (self, [separator, limit]) => {
    const pieces = split(self, optionalText(separator));
    const most = (limit as number | undefined) ?? -1;
    if (most < 0 || pieces.length <= most + 1) return pieces;
    const cut = pieces.length - most;
    return [pieces.slice(0, cut).join(optionalText(separator) ?? ' '), ...pieces.slice(cut)];
  },
  splitlines: (self) => {
    const lines = self.split(LINE_BREAK);
    return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
  },
  replace: (self, [from, to, count]) => {
    const limit = (count as number | undefined) ?? -1;
    boundedLength(self.length + (self.split(text(from)).length - 1) * text(to).length);
    if (limit < 0) return self.replaceAll(text(from), () => text(to));
    return split(self, text(from), limit).join(text(to));
  },
  upper: (self) => self.toUpperCase(),
  lower: (self) => self.toLowerCase(),
  casefold: (self) => self.toLowerCase(),
  capitalize: (self) => capitalize(self),
  title: (self) => self.replace(/\p{L}+/gu, capitalize),
  startswith: (self, [start]) => anyOf(start, (one) => self.startsWith(one)),
  endswith: (self, [end]) => anyOf(end, (one) => self.endsWith(one)),
  join: (self, [items]) => (items as readonly unknown[]).map(text).join(self),
  find: (self, [part]) => positionIn(self, self.indexOf(text(part))),
  rfind: (self, [part]) => positionIn(self, self.lastIndexOf(text(part))),
  index: (self, [part]) => {
    const at = self.indexOf(text(part));
    if (at < 0) throw new TemplateError('substring not found');
    return positionIn(self, at);
  },
  count: (self, [part]) => self.split(text(part)).length - 1,
  isdigit: (self) => /^\p{Nd}+$/u.test(self),
  isalpha: (self) => /^\p{L}+$/u.test(self),
  isupper: (self) => self === self.toUpperCase() && self !== self.toLowerCase(),
  islower: (self) => self === self.toLowerCase() && self !== self.toUpperCase(),
  isspace: (self) => self !== '' && strip(self) === '',
  isalnum: (self) => /^[\p{L}\p{N}]+$/u.test(self),
  isnumeric: (self) => /^\p{N}+$/u.test(self),
  isdecimal: (self) => /^\p{Nd}+$/u.test(self),
  istitle: (self) => /\p{L}/u.test(self) && self === self.replace(/\p{L}+/gu, capitalize),
  swapcase: (self) =>
    [...self].map((one) => (one === one.toUpperCase() ? one.toLowerCase() : one.toUpperCase())).join(''),
  partition: (self, [separator]) => partition(self, text(separator), self.indexOf(text(separator))),
  rpartition: (self, [separator]) => {
    const at = self.lastIndexOf(text(separator));
    return at < 0 ? new PythonTuple(['', '', self]) : partition(self, text(separator), at);
  },
  center: (self, [width, fill]) => {
    const missing = Math.max(0, boundedLength(width as number) - lengthOf(self));
    const left = Math.floor(missing / 2) + (missing % 2 === 1 && (width as number) % 2 === 1 ? 1 : 0);
    const filler = fill === undefined ? ' ' : text(fill);
    return filler.repeat(left) + self + filler.repeat(missing - left);
  },
  ljust: (self, [width, fill]) => self + filling(self, width, fill),
  rjust: (self, [width, fill]) => filling(self, width, fill) + self,
  zfill: (self, [width]) => {
    const [, sign = '', rest = ''] = /^([-+]?)(.*)$/s.exec(self)!;
    return sign + filling(self, width, '0') + rest;
  },
  removeprefix: (self, [prefix]) => (self.startsWith(text(prefix)) ? self.slice(text(prefix).length) : self),
  removesuffix: (self, [suffix]) =>
    text(suffix) !== '' && self.endsWith(text(suffix)) ? self.slice(0, -text(suffix).length) : self,
  format: (self, args, keywords) => {
    let next = 0;
    return self.replace(/\{\{|\}\}|\{(\w*)\}/g, (whole, name?: string) => {
      if (name === undefined) return whole[0]!;
      const value = name === '' ? args[next++] : /^\d+$/.test(name) ? args[Number(name)] : keywords[name];
      if (value === undefined) throw new TemplateError(`format() has no value for ${whole}`);
      return pythonStr(value);
    });
  },
};

function filling(self: string, width: unknown, fill: unknown): string {
  return (fill === undefined ? ' ' : text(fill)).repeat(Math.max(0, boundedLength(width as number) - lengthOf(self)));
}

function partition(self: string, separator: string, at: number): PythonTuple {
  return at < 0
    ? new PythonTuple([self, '', ''])
    : new PythonTuple([self.slice(0, at), separator, self.slice(at + separator.length)]);
}

const LIST_METHODS: Readonly<Record<string, (self: unknown[], args: readonly unknown[]) => unknown>> = {
  index: (self, [wanted]) => {
    const at = self.findIndex((item) => pythonEquals(item, wanted));
    if (at < 0) throw new TemplateError(`${pythonRepr(wanted)} is not in list`);
    return at;
  },
  count: (self, [wanted]) => self.filter((item) => pythonEquals(item, wanted)).length,
  append: (self, [item]) => {
    self.push(item);
    return null;
  },
  extend: (self, [items]) => {
    self.push(...(items as unknown[]));
    return null;
  },
  insert: (self, [at, item]) => {
    self.splice(at as number, 0, item);
    return null;
  },
  pop: (self, [at]) => self.splice((at as number | undefined) ?? self.length - 1, 1)[0],
  copy: (self) => [...self],
  remove: (self, [wanted]) => {
    self.splice(LIST_METHODS.index!(self, [wanted]) as number, 1);
    return null;
  },
  reverse: (self) => {
    self.reverse();
    return null;
  },
};

const DICT_METHODS: Readonly<
  Record<
    string,
    (self: Record<string, unknown>, args: readonly unknown[], keywords: Readonly<Record<string, unknown>>) => unknown
  >
> = {
  get: (self, [key, other]) => (Object.hasOwn(self, pythonStr(key)) ? self[pythonStr(key)] : (other ?? null)),
  keys: (self) => Object.keys(self),
  values: (self) => Object.values(self),
  items: (self) => Object.entries(self).map((entry) => new PythonTuple(entry)),
  copy: (self) => ({ ...self }),
  pop: (self, [key, other]) => {
    const name = pythonStr(key);
    if (!Object.hasOwn(self, name)) return other ?? null;
    const value = self[name];
    delete self[name];
    return value;
  },
  update: (self, [other], keywords) => {
    Object.assign(self, other, keywords);
    return null;
  },
};

/** The method bound to its value, or undefined when Python has none of that name here. */
export function methodOf(self: unknown, name: string): TemplateFunction | undefined {
  if (typeof self === 'string' && Object.hasOwn(STRING_METHODS, name))
    return (args, keywords) => STRING_METHODS[name]!(self, args, keywords);
  const items = self instanceof PythonTuple ? [...self.items] : self;
  if (Array.isArray(items) && Object.hasOwn(LIST_METHODS, name)) return (args) => LIST_METHODS[name]!(items, args);
  if (isDict(self) && Object.hasOwn(DICT_METHODS, name)) {
    return (args, keywords) => DICT_METHODS[name]!(self as Record<string, unknown>, args, keywords);
  }
  return undefined;
}

export function capitalize(word: string): string {
  const [first = '', ...rest] = word;
  return first.toUpperCase() + rest.join('').toLowerCase();
}

/** Positions count code points. */
function positionIn(self: string, unit: number): number {
  return unit < 0 ? -1 : lengthOf(self.slice(0, unit));
}

function anyOf(candidates: unknown, test: (one: string) => boolean): boolean {
  return candidates instanceof PythonTuple ? candidates.items.map(text).some(test) : test(text(candidates));
}
