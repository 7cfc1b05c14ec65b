/** Evaluates a Jinja expression by Python's rules. */
import {
  asFloat,
  isDict,
  isFloat,
  isTruthy,
  numberIn,
  PythonTuple,
  pythonEquals,
  pythonRepr,
  pythonStr,
} from '../python/python-value.ts';
import { formatText } from './format-text.ts';
import { applyFilter } from './template-filters.ts';
import { methodOf } from './template-methods.ts';
import type { TemplateNode } from './template-node.ts';
import {
  boundedLength,
  defined,
  lookUp,
  type Scope,
  TemplateError,
  type TemplateFunction,
  TemplateUndefined,
  takeStep,
} from './template-scope.ts';
import { applyTest } from './template-tests.ts';
import { compare, contains, iterate } from './template-values.ts';

const CONSTANTS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['true', true],
  ['True', true],
  ['false', false],
  ['False', false],
  ['none', null],
  ['None', null],
]);

/** The value, which may be TemplateUndefined; whoever uses it decides. */
export function evaluateExpression(node: TemplateNode, scope: Scope): unknown {
  const evaluate = (inner: TemplateNode): unknown => evaluateExpression(inner, scope);
  switch (node.type) {
    case 'StringLiteral':
    case 'IntegerLiteral':
    case 'Known':
      return node.value;
    case 'FloatLiteral':
      return asFloat(node.value);
    case 'ArrayLiteral':
      return (node.value as TemplateNode[]).map((item) => defined(evaluate(item)));
    case 'TupleLiteral':
      return new PythonTuple((node.value as TemplateNode[]).map((item) => defined(evaluate(item))));
    case 'ObjectLiteral':
      return Object.fromEntries(
        [...(node.value as Map<TemplateNode, TemplateNode>)].map(([key, value]) => [
          pythonStr(defined(evaluate(key))),
          defined(evaluate(value)),
        ]),
      );
    case 'Identifier':
      return CONSTANTS.has(node.value) ? CONSTANTS.get(node.value) : lookUp(scope, node.value);
    case 'MemberExpression':
      return memberOf(node, scope);
    case 'CallExpression':
      return call(node, scope);
    case 'FilterExpression':
      return filter(node.filter, evaluate(node.operand), scope);
    case 'TestExpression': {
      const { args } = argumentsOf(node.args, scope);
      const result = applyTest(node.test.value, evaluate(node.operand), args);
      return node.negate ? !result : result;
    }
    case 'Ternary':
      return isTruthy(defined(evaluate(node.condition))) ? evaluate(node.trueExpr) : evaluate(node.falseExpr);
    case 'SelectExpression':
      // `a if condition` without an else: undefined when it does not hold.
      return isTruthy(defined(evaluate(node.test)))
        ? evaluate(node.lhs)
        : new TemplateUndefined("the inline if-expression evaluated to false and no 'else' was given", null, true);
    case 'UnaryExpression': {
      const value = defined(evaluate(node.argument));
      if (node.operator.value === 'not') return !isTruthy(value);
      const sign = node.operator.value === '-' ? -1 : 1;
      return isFloat(value) ? asFloat(sign * numberIn(value)!) : sign * numberOf(value);
    }
    case 'BinaryExpression':
      return binary(node, evaluate);
    default:
      throw new TemplateError(`${node.type} is not supported in a template`);
  }
}

/** Applies the filter named by an identifier or a call. */
export function filter(node: TemplateNode, value: unknown, scope: Scope): unknown {
  if (node.type === 'Identifier') return applyFilter(node.value, value, [], {});
  const { args, keywords } = argumentsOf(node.args, scope);
  return applyFilter(node.callee.value, value, args, keywords);
}

function argumentsOf(nodes: readonly TemplateNode[], scope: Scope) {
  const args: unknown[] = [];
  const keywords: Record<string, unknown> = {};
  for (const node of nodes) {
    if (node.type === 'KeywordArgumentExpression') {
      keywords[node.key.value] = defined(evaluateExpression(node.value, scope));
    } else if (node.type === 'SpreadExpression') {
      args.push(...iterate(defined(evaluateExpression(node.argument, scope))));
    } else if (node.type === 'KeywordSpreadExpression') {
      Object.assign(keywords, defined(evaluateExpression(node.argument, scope)));
    } else args.push(defined(evaluateExpression(node, scope)));
  }
  return { args, keywords };
}

function call(node: TemplateNode, scope: Scope): unknown {
  const callee = defined(evaluateExpression(node.callee, scope));
  if (typeof callee !== 'function') throw new TemplateError(`${pythonRepr(callee)} can't be called`);
  const { args, keywords } = argumentsOf(node.args, scope);
  takeStep(scope);
  return (callee as TemplateFunction)(args, keywords);
}

function memberOf(node: TemplateNode, scope: Scope): unknown {
  const object = defined(evaluateExpression(node.object, scope));
  const property: TemplateNode = node.property;
  if (!node.computed) {
    const name: string = pythonStr(property.value);
    // As Jinja: an attribute (a method) first, then an item.
    return methodOf(object, name) ?? itemOf(object, property.type === 'IntegerLiteral' ? property.value : name);
  }
  if (property.type === 'SliceExpression') return slice(object, property, scope);
  return itemOf(object, defined(evaluateExpression(property, scope)));
}

function itemOf(object: unknown, key: unknown): unknown {
  if (isDict(object) && typeof object !== 'function') {
    const name = pythonStr(key);
    if (Object.hasOwn(object, name)) return object[name];
  } else if (typeof key === 'number' || typeof key === 'boolean') {
    const items = typeof object === 'string' ? [...object] : Array.isArray(object) ? object : tupleItems(object);
    const index = Number(key);
    const found = items?.at(index);
    if (items !== undefined && index < items.length && index >= -items.length) return found;
  }
  return new TemplateUndefined(`${pythonRepr(object)} has no item ${pythonRepr(key)}`);
}

function tupleItems(value: unknown): readonly unknown[] | undefined {
  return value instanceof PythonTuple ? value.items : undefined;
}

/** `object[start:stop:step]` by Python's rules of clipping. */
function slice(object: unknown, node: TemplateNode, scope: Scope): unknown {
  const bound = (part: TemplateNode | undefined): number | undefined =>
    part === undefined ? undefined : ((defined(evaluateExpression(part, scope)) as number | null) ?? undefined);
  const items = iterate(object);
  const n = items.length;
  const step = bound(node.step) ?? 1;
  if (step === 0) throw new TemplateError('slice step cannot be zero');
  const clip = (at: number | undefined, otherwise: number, low: number, high: number): number => {
    if (at === undefined) return otherwise;
    return Math.min(Math.max(at < 0 ? at + n : at, low), high);
  };
  const start = step > 0 ? clip(bound(node.start), 0, 0, n) : clip(bound(node.start), n - 1, -1, n - 1);
  const stop = step > 0 ? clip(bound(node.stop), n, 0, n) : clip(bound(node.stop), -1, -1, n - 1);
  const taken: unknown[] = [];
  for (let i = start; step > 0 ? i < stop : i > stop; i += step) taken.push(items[i]);
  if (typeof object === 'string') return taken.join('');
  return object instanceof PythonTuple ? new PythonTuple(taken) : taken;
}

function binary(node: TemplateNode, evaluate: (node: TemplateNode) => unknown): unknown {
  const operator: string = node.operator.value;
  const left = defined(evaluate(node.left));
  if (operator === 'and') return isTruthy(left) ? evaluate(node.right) : left;
  if (operator === 'or') return isTruthy(left) ? left : evaluate(node.right);
  const right = defined(evaluate(node.right));
  switch (operator) {
    case '==':
      return pythonEquals(left, right);
    case '!=':
      return !pythonEquals(left, right);
    case 'in':
      return contains(right, left);
    case 'not in':
      return !contains(right, left);
    case '~':
      return joined(pythonStr(left), pythonStr(right));
    case '<':
      return compare(left, right) < 0;
    case '<=':
      return compare(left, right) <= 0;
    case '>':
      return compare(left, right) > 0;
    case '>=':
      return compare(left, right) >= 0;
    default:
      return arithmetic(operator, left, right);
  }
}

function arithmetic(operator: string, left: unknown, right: unknown): unknown {
  if (operator === '+' && typeof left === 'string' && typeof right === 'string') return joined(left, right);
  if (operator === '+' && Array.isArray(left) && Array.isArray(right)) {
    boundedLength(left.length + right.length);
    return [...left, ...right];
  }
  if (operator === '*' && (typeof left === 'string' || Array.isArray(left))) return repeated(left, numberOf(right));
  if (operator === '*' && (typeof right === 'string' || Array.isArray(right))) return repeated(right, numberOf(left));
  if (operator === '%' && typeof left === 'string') return formatText(left, right);
  const a = numberOf(left);
  const b = numberOf(right);
  if (['/', '//', '%'].includes(operator) && b === 0) throw new TemplateError('division by zero');
  const results: Readonly<Record<string, () => number>> = {
    '+': () => a + b,
    '-': () => a - b,
    '*': () => a * b,
    '/': () => a / b,
    '//': () => Math.floor(a / b),
    '%': () => a - b * Math.floor(a / b),
    '**': () => a ** b,
  };
  const result = results[operator]?.();
  if (result === undefined) throw new TemplateError(`the operator ${operator} is not supported`);
  const floats = operator === '/' || isFloat(left) || isFloat(right) || (operator === '**' && b < 0);
  return floats ? asFloat(result) : result;
}

function joined(left: string, right: string): string {
  boundedLength(left.length + right.length);
  return left + right;
}

/** A text or list several times; less than once is not at all. */
function repeated(value: string | unknown[], times: number): unknown {
  const count = Math.max(0, times);
  boundedLength(value.length * count);
  return typeof value === 'string' ? value.repeat(count) : Array.from({ length: count }, () => value).flat();
}

function numberOf(value: unknown): number {
  const number = numberIn(value);
  if (number === undefined) throw new TemplateError(`expected a number, got ${pythonRepr(value)}`);
  return number;
}
