/** Jinja's tests: what stands behind `is`. */
import { isDict, isFloat, numberIn, PythonTuple, pythonEquals, pythonStr } from '../python/python-value.ts';
import { defined, TemplateError, TemplateUndefined } from './template-scope.ts';
import { compare, contains } from './template-values.ts';

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
  '==': (value, [other]) => pythonEquals(value, other),
  '!=': (value, [other]) => !pythonEquals(value, other),
  '<': (value, [other]) => compare(value, other) < 0,
  '<=': (value, [other]) => compare(value, other) <= 0,
  '>': (value, [other]) => compare(value, other) > 0,
  '>=': (value, [other]) => compare(value, other) >= 0,
  lt: (value, [other]) => compare(value, other) < 0,
  lessthan: (value, [other]) => compare(value, other) < 0,
  le: (value, [other]) => compare(value, other) <= 0,
  gt: (value, [other]) => compare(value, other) > 0,
  greaterthan: (value, [other]) => compare(value, other) > 0,
  ge: (value, [other]) => compare(value, other) >= 0,
  divisibleby: (value, [other]) => (numberIn(value) ?? 1) % (numberIn(other) ?? 1) === 0,
  sameas: (value, [other]) => value === other,
  callable: (value) => typeof value === 'function',
};

export function applyTest(name: string, value: unknown, args: readonly unknown[] = []): boolean {
  if (!Object.hasOwn(TESTS, name)) throw new TemplateError(`the Jinja test '${name}' is not known`);
  return TESTS[name]!(value, args);
}
