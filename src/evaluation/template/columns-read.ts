/** Which columns of a doc a template looks at. */
import { parseTemplate } from './parse-template.ts';
import type { TemplateNode } from './template-node.ts';

/**
 * @param source a column's name, or a Jinja template; anything else (a list of choices, a number) reads no column
 * @throws SyntaxError when the source is not a Jinja template
 */
export function columnsRead(source: unknown, columns: readonly string[]): string[] {
  if (typeof source !== 'string') return [];
  if (columns.includes(source)) return [source];
  if (!/\{[{%#]/.test(source)) return [];
  const names = new Set<string>();
  const bound = new Set<string>();
  for (const node of parseTemplate(source)) collect(node, names, bound);
  return columns.filter((column) => names.has(column) && !bound.has(column));
}

/** Parts of a node that hold names of something else than a column. */
const NAMES_ELSEWHERE: Readonly<Record<string, readonly string[]>> = {
  TestExpression: ['test'],
  KeywordArgumentExpression: ['key'],
  Macro: ['name', 'args'],
};

function collect(node: TemplateNode, names: Set<string>, bound: Set<string>): void {
  if (node.type === 'Identifier') {
    names.add(node.value);
    return;
  }
  if (node.type === 'For') {
    bind(node.loopvar, bound);
    bound.add('loop');
  }
  if (node.type === 'Set') bind(node.assignee, bound);
  const skipped = NAMES_ELSEWHERE[node.type] ?? [];
  for (const [part, value] of Object.entries(node)) {
    if (skipped.includes(part)) continue;
    if (node.type === 'MemberExpression' && part === 'property' && !node.computed) continue;
    // A filter is named by an identifier, or called with arguments that may be columns.
    if (part === 'filter' && isNode(value)) {
      if (value.type === 'CallExpression') visit(value.args, names, bound);
      continue;
    }
    visit(value, names, bound);
  }
}

function visit(value: unknown, names: Set<string>, bound: Set<string>): void {
  if (Array.isArray(value)) for (const item of value) visit(item, names, bound);
  else if (value instanceof Map) for (const entry of value) visit(entry, names, bound);
  else if (isNode(value)) collect(value, names, bound);
}

/** A name that the template gives itself. */
function bind(target: TemplateNode, bound: Set<string>): void {
  if (target.type === 'Identifier') bound.add(target.value);
  else if (target.type === 'TupleLiteral') for (const name of target.value as TemplateNode[]) bind(name, bound);
}

function isNode(value: unknown): value is TemplateNode {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}
