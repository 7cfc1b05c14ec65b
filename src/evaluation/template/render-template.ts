/** Renders a parsed Jinja template over a doc's fields. */
import { isTruthy, PythonFloat, pythonStr } from '../python/python-value.ts';
import { evaluateExpression, filter } from './evaluate-expression.ts';
import { parseTemplate, type TemplateNode } from './parse-template.ts';
import { iterate } from './template-filters.ts';
import { childOf, defined, type Scope, TemplateError, type TemplateFunction } from './template-scope.ts';

export type RenderTemplate = (fields: Readonly<Record<string, unknown>>) => string;

/**
 * @returns a function that renders the source over fields; it throws TemplateError when the template uses what is not there
 * @throws SyntaxError when the source is not a Jinja template
 */
export function compileTemplate(source: string): RenderTemplate {
  // Most strings in task files hold no Jinja at all.
  if (!/\{[{%#]/.test(source)) return () => source;
  const body = parseTemplate(source);
  return (fields) => renderBody(body, childOf(GLOBALS, Object.entries(fields)));
}

const STATEMENTS = new Set(['If', 'For', 'Set', 'Macro', 'CallStatement', 'FilterStatement', 'Comment']);

function renderBody(body: readonly TemplateNode[], scope: Scope): string {
  let out = '';
  for (const node of body) {
    out += STATEMENTS.has(node.type)
      ? renderStatement(node, scope)
      : pythonStr(defined(evaluateExpression(node, scope)));
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
    case 'FilterStatement':
      return pythonStr(filter(node.filter, renderBody(node.body, childOf(scope)), scope));
    case 'Comment':
      return '';
    default:
      throw new TemplateError(`the statement ${node.type} is not supported in a task's template`);
  }
}

function renderFor(node: TemplateNode, scope: Scope): string {
  const { iterable, test } =
    node.iterable.type === 'SelectExpression'
      ? { iterable: node.iterable.lhs as TemplateNode, test: node.iterable.test as TemplateNode }
      : { iterable: node.iterable as TemplateNode, test: null };
  let items = iterate(defined(evaluateExpression(iterable, scope)));
  if (test !== null)
    items = items.filter((item) => isTruthy(evaluateExpression(test, bind(node.loopvar, item, scope))));
  if (items.length === 0) return renderBody(node.defaultBlock, scope);
  let out = '';
  for (const [i, item] of items.entries()) {
    const inner = bind(node.loopvar, item, scope);
    inner.names.set('loop', {
      index: i + 1,
      index0: i,
      revindex: items.length - i,
      revindex0: items.length - i - 1,
      first: i === 0,
      last: i === items.length - 1,
      length: items.length,
      ...(i > 0 ? { previtem: items[i - 1] } : {}),
      ...(i < items.length - 1 ? { nextitem: items[i + 1] } : {}),
    });
    out += renderBody(node.body, inner);
  }
  return out;
}

/** A scope in which the loop variable (or variables) hold the item. */
function bind(target: TemplateNode, item: unknown, scope: Scope): Scope {
  if (target.type === 'Identifier') return childOf(scope, [[target.value, item]]);
  const parts = iterate(item);
  return childOf(
    scope,
    (target.value as TemplateNode[]).map((name, i) => [name.value as string, parts[i]] as const),
  );
}

function assign(node: TemplateNode, scope: Scope): void {
  const value =
    node.value === null ? renderBody(node.body, childOf(scope)) : defined(evaluateExpression(node.value, scope));
  const target: TemplateNode = node.assignee;
  if (target.type === 'Identifier') scope.names.set(target.value, value);
  else if (target.type === 'TupleLiteral') {
    const parts = iterate(value);
    for (const [i, name] of (target.value as TemplateNode[]).entries()) scope.names.set(name.value, parts[i]);
  } else if (target.type === 'MemberExpression') {
    const object = defined(evaluateExpression(target.object, scope)) as Record<string, unknown>;
    object[pythonStr(target.property.value)] = value;
  } else throw new TemplateError(`${target.type} can't be assigned to`);
}

function macro(node: TemplateNode, scope: Scope): TemplateFunction {
  return (args, keywords) => {
    const inner = childOf(scope);
    for (const [i, parameter] of (node.args as TemplateNode[]).entries()) {
      const name: string = parameter.type === 'Identifier' ? parameter.value : parameter.key.value;
      if (i < args.length) inner.names.set(name, args[i]);
      else if (name in keywords) inner.names.set(name, keywords[name]);
      else if (parameter.type !== 'Identifier') inner.names.set(name, evaluateExpression(parameter.value, scope));
    }
    return renderBody(node.body, inner);
  };
}

const GLOBALS: Scope = childOf(null, [
  [
    'range',
    (args: readonly unknown[]) => range(args.map((arg) => (arg instanceof PythonFloat ? arg.value : (arg as number)))),
  ],
  ['namespace', (_args: readonly unknown[], keywords: Record<string, unknown>) => ({ ...keywords })],
  ['dict', (_args: readonly unknown[], keywords: Record<string, unknown>) => ({ ...keywords })],
]);

function range(args: readonly number[]): number[] {
  const [start, stop, step] = args.length === 1 ? [0, args[0]!, 1] : [args[0]!, args[1]!, args[2] ?? 1];
  const values: number[] = [];
  for (let i = start; step > 0 ? i < stop : i > stop; i += step) values.push(i);
  return values;
}
