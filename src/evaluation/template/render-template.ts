/** Renders a parsed Jinja template over a doc's fields. */
import { isDict, isTruthy, pythonEquals, pythonStr } from '../python/python-value.ts';
import { evaluateExpression, filter } from './evaluate-expression.ts';
import { parseTemplate } from './parse-template.ts';
import type { TemplateNode } from './template-node.ts';
import {
  boundedLength,
  childOf,
  defined,
  rootScope,
  type Scope,
  TemplateError,
  type TemplateFunction,
  TemplateUndefined,
  takeStep,
} from './template-scope.ts';
import { iterate } from './template-values.ts';
import { TemplateSyntaxError } from './tokenize-template.ts';

export type RenderTemplate = (fields: Readonly<Record<string, unknown>>) => string;

/**
 * @returns a function that renders the source over fields; it throws TemplateError when the template uses what is not there
 * @throws TemplateSyntaxError with the line when the source is not a Jinja template
 */
export function compileTemplate(source: string): RenderTemplate {
  // Most strings in task files hold no Jinja at all.
  if (!/\{[{%#]/.test(source)) {
    const text = source.replace(/\r\n?/g, '\n');
    return () => text;
  }
  const body = withinTheStack(
    () => parseTemplate(source),
    (what) => new TemplateSyntaxError(1, what),
  );
  return (fields) =>
    withinTheStack(
      () => renderBody(body, rootScope(GLOBALS, Object.entries(fields))),
      (what) => new TemplateError(what),
    );
}

/** A template that calls itself without end, or nests without end, ends where the stack does. */
function withinTheStack<T>(run: () => T, complaint: (what: string) => Error): T {
  try {
    return run();
  } catch (error) {
    throw error instanceof RangeError ? complaint('it is nested too deep, or calls itself without end') : error;
  }
}

const STATEMENTS = new Set(['If', 'For', 'Set', 'Macro', 'CallStatement', 'FilterStatement', 'With']);

function renderBody(body: readonly TemplateNode[], scope: Scope): string {
  let out = '';
  for (const node of body) {
    out += STATEMENTS.has(node.type)
      ? renderStatement(node, scope)
      : pythonStr(defined(evaluateExpression(node, scope)));
    boundedLength(out.length);
  }
  return out;
}

function renderStatement(node: TemplateNode, scope: Scope): string {
  switch (node.type) {
    case 'If':
      return renderBody(isTruthy(defined(evaluateExpression(node.test, scope))) ? node.body : node.alternate, scope);
    case 'For':
      return renderFor(node, scope);
    case 'Set':
      assign(node, scope);
      return '';
    case 'Macro':
      scope.names.set(node.name.value, macro(node, scope));
      return '';
    case 'CallStatement': {
      const { call, callerArgs, body } = node;
      const caller = macro({ type: 'Macro', args: callerArgs, body }, scope);
      const keyword = { type: 'KeywordArgumentExpression', key: { value: 'caller' }, value: known(caller) };
      return pythonStr(evaluateExpression({ ...call, args: [...call.args, keyword] }, scope));
    }
    case 'FilterStatement':
      return filtered(renderBody(node.body, childOf(scope)), node.filters, scope);
    case 'With': {
      const inner = childOf(scope);
      for (const { target, value } of node.assignments)
        setNames(target, defined(evaluateExpression(value, scope)), inner);
      return renderBody(node.body, inner);
    }
    default:
      throw new TemplateError(`the statement ${node.type} is not supported in a task's template`);
  }
}

function filtered(text: string, filters: readonly TemplateNode[], scope: Scope): string {
  return pythonStr(filters.reduce<unknown>((value, one) => filter(one, value, scope), text));
}

/** A value that is there already, where an expression is wanted. */
function known(value: unknown): TemplateNode {
  return { type: 'Known', value };
}

function renderFor(node: TemplateNode, scope: Scope): string {
  let items = iterate(defined(evaluateExpression(node.iterable, scope)));
  if (node.test !== null) {
    items = items.filter((item) => isTruthy(defined(evaluateExpression(node.test, bind(node.loopvar, item, scope)))));
  }
  if (items.length === 0) return renderBody(node.defaultBlock, scope);
  let out = '';
  let before: unknown;
  for (const [i, item] of items.entries()) {
    takeStep(scope);
    const inner = bind(node.loopvar, item, scope);
    inner.names.set('loop', {
      index: i + 1,
      index0: i,
      revindex: items.length - i,
      revindex0: items.length - i - 1,
      first: i === 0,
      last: i === items.length - 1,
      length: items.length,
      depth: 1,
      depth0: 0,
      cycle: (args: readonly unknown[]) => args[i % args.length],
      changed: (args: readonly unknown[]) => {
        const isChanged = before === undefined || !pythonEquals(before, args);
        before = args;
        return isChanged;
      },
      ...(i > 0 ? { previtem: items[i - 1] } : {}),
      ...(i < items.length - 1 ? { nextitem: items[i + 1] } : {}),
    });
    out += renderBody(node.body, inner);
    boundedLength(out.length);
  }
  return out;
}

/** A scope in which the loop variable (or variables) hold the item. */
function bind(target: TemplateNode, item: unknown, scope: Scope): Scope {
  const inner = childOf(scope);
  setNames(target, item, inner);
  return inner;
}

function assign(node: TemplateNode, scope: Scope): void {
  const value =
    node.value === null
      ? filtered(renderBody(node.body, childOf(scope)), node.filters, scope)
      : defined(evaluateExpression(node.value, scope));
  setNames(node.assignee, value, scope);
}

/** @throws TemplateError when there are more names than values, or fewer */
function setNames(target: TemplateNode, value: unknown, scope: Scope): void {
  if (target.type === 'Identifier') scope.names.set(target.value, value);
  else if (target.type === 'MemberExpression') {
    const object = defined(evaluateExpression(target.object, scope)) as Record<string, unknown>;
    if (!isDict(object)) throw new TemplateError('only a namespace has attributes that can be set');
    Object.defineProperty(object, target.property.value, {
      value,
      enumerable: true,
      writable: true,
      configurable: true,
    });
  } else {
    const names = target.value as readonly TemplateNode[];
    const parts = iterate(value);
    if (parts.length !== names.length) {
      throw new TemplateError(`${names.length} names are set, but there are ${parts.length} values`);
    }
    for (const [i, name] of names.entries()) setNames(name, parts[i], scope);
  }
}

function macro(node: TemplateNode, scope: Scope): TemplateFunction {
  return (args, keywords) => {
    takeStep(scope);
    const parameters = node.args as readonly TemplateNode[];
    const inner = childOf(scope, [['varargs', args.slice(parameters.length)]]);
    if (keywords.caller !== undefined) inner.names.set('caller', keywords.caller);
    for (const [i, parameter] of parameters.entries()) {
      const name: string = parameter.type === 'Identifier' ? parameter.value : parameter.key.value;
      if (i < args.length) inner.names.set(name, args[i]);
      else if (Object.hasOwn(keywords, name)) inner.names.set(name, keywords[name]);
      else if (parameter.type !== 'Identifier') inner.names.set(name, evaluateExpression(parameter.value, inner));
      else inner.names.set(name, new TemplateUndefined(`parameter '${name}' was not provided`));
    }
    return renderBody(node.body, inner);
  };
}

const GLOBALS: Scope = rootScope(null, [
  ['range', range],
  ['namespace', dict],
  ['dict', dict],
  ['joiner', ([separator]: readonly unknown[]) => joiner(separator === undefined ? ', ' : pythonStr(separator))],
  ['cycler', (items: readonly unknown[]) => cycler(items)],
]);

function dict(args: readonly unknown[], keywords: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const pairs = args.flatMap((arg) =>
    isDict(arg) ? Object.entries(arg) : iterate(arg).map((pair) => iterate(pair) as [string, unknown]),
  );
  return { ...Object.fromEntries(pairs.map(([key, value]) => [pythonStr(key), value])), ...keywords };
}

/** Nothing the first time it is called, the separator from then on. */
function joiner(separator: string): TemplateFunction {
  let isUsed = false;
  return () => {
    const text = isUsed ? separator : '';
    isUsed = true;
    return text;
  };
}

function cycler(items: readonly unknown[]): Record<string, unknown> {
  let at = 0;
  const cycle: Record<string, unknown> = {
    current: items[0],
    next: () => {
      const item = items[at % items.length];
      cycle.current = items[++at % items.length];
      return item;
    },
    reset: () => {
      at = 0;
      cycle.current = items[0];
      return null;
    },
  };
  return cycle;
}

/** As Jinja's sandbox bounds it. */
const LONGEST_RANGE = 100_000;

function range(args: readonly unknown[]): number[] {
  const numbers = args.map((arg) => {
    if (typeof arg === 'number' && Number.isInteger(arg)) return arg;
    throw new TemplateError(`range() takes whole numbers, not ${pythonStr(arg)}`);
  });
  const [start, stop, step] = numbers.length === 1 ? [0, numbers[0]!, 1] : [numbers[0]!, numbers[1]!, numbers[2] ?? 1];
  if (step === 0) throw new TemplateError('range() takes no step of 0');
  const length = Math.max(0, Math.ceil((stop - start) / step));
  if (!(length <= LONGEST_RANGE))
    throw new TemplateError(`range() of ${length} numbers: at most ${LONGEST_RANGE} are made`);
  return Array.from({ length }, (_, i) => start + i * step);
}
