/** Methods of Python's strings, lists and dicts that templates call. */
import { lengthOf, split, strip, stripEnd, stripStart } from '../python/python-text.ts';
import { isDict, PythonTuple, pythonEquals, pythonRepr, pythonStr } from '../python/python-value.ts';
import { TemplateError, type TemplateFunction } from './template-scope.ts';

const text = (value: unknown): string => {
  if (typeof value !== 'string') throw new TemplateError(`expected text, got ${pythonRepr(value)}`);
  return value;
};
const optionalText = (value: unknown): string | null => (value == null ? null : text(value));

const LINE_ENDS = '\\n\\r\\v\\f\\x1c-\\x1e\\x85\\u2028\\u2029';
const LINE_BREAK = new RegExp(`\\r\\n|[${LINE_ENDS}]`, 'u');

const STRING_METHODS: Readonly<Record<string, (self: string, args: readonly unknown[]) => unknown>> = {
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
  zfill: (self, [width]) => self.padStart(width as number, '0'),
  removeprefix: (self, [prefix]) => (self.startsWith(text(prefix)) ? self.slice(text(prefix).length) : self),
  removesuffix: (self, [suffix]) =>
    text(suffix) !== '' && self.endsWith(text(suffix)) ? self.slice(0, -text(suffix).length) : self,
  format: (self, args) => {
    let next = 0;
    return self.replace(/\{\{|\}\}|\{(\d*)\}/g, (whole, index?: string) => {
      if (index === undefined) return whole[0]!;
      return pythonStr(args[index === '' ? next++ : Number(index)]);
    });
  },
};

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
};

const DICT_METHODS: Readonly<Record<string, (self: Record<string, unknown>, args: readonly unknown[]) => unknown>> = {
  get: (self, [key, other]) => (Object.hasOwn(self, pythonStr(key)) ? self[pythonStr(key)] : (other ?? null)),
  keys: (self) => Object.keys(self),
  values: (self) => Object.values(self),
  items: (self) => Object.entries(self).map((entry) => new PythonTuple(entry)),
  update: (self, [other]) => {
    Object.assign(self, other);
    return null;
  },
};

/** The method bound to its value, or undefined when Python has none of that name here. */
export function methodOf(self: unknown, name: string): TemplateFunction | undefined {
  if (typeof self === 'string' && Object.hasOwn(STRING_METHODS, name))
    return (args) => STRING_METHODS[name]!(self, args);
  const items = self instanceof PythonTuple ? [...self.items] : self;
  if (Array.isArray(items) && Object.hasOwn(LIST_METHODS, name)) return (args) => LIST_METHODS[name]!(items, args);
  if (isDict(self) && Object.hasOwn(DICT_METHODS, name)) {
    return (args) => DICT_METHODS[name]!(self as Record<string, unknown>, args);
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
