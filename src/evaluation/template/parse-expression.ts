/** Jinja expressions: tokens -> tree, with Jinja's precedences. */
import { parsePythonLiteral } from '../python/python-literal.ts';
import type { TemplateNode } from './template-node.ts';
import type { TokenReader } from './token-reader.ts';

/** With an inline `if`, which a `for` and its filter do not have. */
export function parseExpression(tokens: TokenReader): TemplateNode {
  let node = parseOr(tokens);
  while (tokens.takes('name', 'if')) {
    const test = parseOr(tokens);
    node = tokens.takes('name', 'else')
      ? { type: 'Ternary', condition: test, trueExpr: node, falseExpr: parseExpression(tokens) }
      : { type: 'SelectExpression', lhs: node, test };
  }
  return node;
}

/** One expression, or several divided by commas: a tuple without parentheses. */
export function parseTuple(tokens: TokenReader, parseItem = parseExpression): TemplateNode {
  const first = parseItem(tokens);
  if (!tokens.is('operator', ',')) return first;
  const items = [first];
  while (tokens.takes('operator', ',')) {
    if (tokens.is('close') || tokens.is('operator', ')') || tokens.is('operator', '=')) break;
    items.push(parseItem(tokens));
  }
  return { type: 'TupleLiteral', value: items };
}

export function parseOr(tokens: TokenReader): TemplateNode {
  return chain(tokens, 'name', ['or'], (inner) => chain(inner, 'name', ['and'], parseNot));
}

function parseNot(tokens: TokenReader): TemplateNode {
  if (!tokens.is('name', 'not')) return parseComparison(tokens);
  tokens.next();
  return { type: 'UnaryExpression', operator: { value: 'not' }, argument: parseNot(tokens) };
}

const COMPARISONS = ['==', '!=', '<', '<=', '>', '>='];

/** `a < b < c` compares each with its neighbour, as Python does. */
function parseComparison(tokens: TokenReader): TemplateNode {
  const first = parseSum(tokens);
  const rest: { operator: string; operand: TemplateNode }[] = [];
  for (;;) {
    let operator: string;
    if (tokens.isOneOf('operator', COMPARISONS)) operator = tokens.next().value;
    else if (tokens.takes('name', 'in')) operator = 'in';
    else if (tokens.is('name', 'not') && tokens.peek(1).value === 'in') {
      tokens.next();
      tokens.next();
      operator = 'not in';
    } else break;
    rest.push({ operator, operand: parseSum(tokens) });
  }
  let left = first;
  const pairs = rest.map(({ operator, operand }) => {
    const pair: TemplateNode = { type: 'BinaryExpression', operator: { value: operator }, left, right: operand };
    left = operand;
    return pair;
  });
  if (pairs.length === 0) return first;
  return pairs.reduce((all, pair) => ({
    type: 'BinaryExpression',
    operator: { value: 'and' },
    left: all,
    right: pair,
  }));
}

function parseSum(tokens: TokenReader): TemplateNode {
  return chain(tokens, 'operator', ['+', '-'], parseJoined);
}

function parseJoined(tokens: TokenReader): TemplateNode {
  return chain(tokens, 'operator', ['~'], parseProduct);
}

function parseProduct(tokens: TokenReader): TemplateNode {
  return chain(tokens, 'operator', ['*', '/', '//', '%'], parsePower);
}

function parsePower(tokens: TokenReader): TemplateNode {
  return chain(tokens, 'operator', ['**'], (inner) => parseUnary(inner, true));
}

function chain(
  tokens: TokenReader,
  type: 'name' | 'operator',
  operators: readonly string[],
  parseOperand: (tokens: TokenReader) => TemplateNode,
): TemplateNode {
  let left = parseOperand(tokens);
  while (tokens.isOneOf(type, operators)) {
    const operator = { value: tokens.next().value };
    left = { type: 'BinaryExpression', operator, left, right: parseOperand(tokens) };
  }
  return left;
}

/** Filters and tests bind to the whole signed number: `-1|abs` is 1. */
function parseUnary(tokens: TokenReader, withFilters: boolean): TemplateNode {
  const node: TemplateNode = tokens.isOneOf('operator', ['+', '-'])
    ? { type: 'UnaryExpression', operator: { value: tokens.next().value }, argument: parseUnary(tokens, false) }
    : parsePostfix(tokens, parsePrimary(tokens));
  return withFilters ? parseFiltersAndTests(tokens, node) : node;
}

function parsePostfix(tokens: TokenReader, start: TemplateNode): TemplateNode {
  let node = start;
  for (;;) {
    if (tokens.takes('operator', '.')) {
      const token = tokens.next();
      if (token.type !== 'name' && token.type !== 'integer')
        tokens.fail(`a name is missing behind the dot`, token.line);
      const property =
        token.type === 'name'
          ? { type: 'Identifier', value: token.value }
          : { type: 'IntegerLiteral', value: Number(token.value) };
      node = { type: 'MemberExpression', object: node, property, computed: false };
    } else if (tokens.takes('operator', '[')) {
      node = { type: 'MemberExpression', object: node, property: parseSubscript(tokens), computed: true };
      tokens.expect(']');
    } else if (tokens.is('operator', '(')) {
      node = { type: 'CallExpression', callee: node, args: parseArguments(tokens) };
    } else return node;
  }
}

function parseSubscript(tokens: TokenReader): TemplateNode {
  const part = () => (tokens.is('operator', ':') || tokens.is('operator', ']') ? undefined : parseExpression(tokens));
  const start = part();
  if (start !== undefined && !tokens.is('operator', ':')) return start;
  tokens.expect(':');
  const stop = part();
  const step = tokens.takes('operator', ':') ? part() : undefined;
  return { type: 'SliceExpression', start, stop, step };
}

function parseFiltersAndTests(tokens: TokenReader, start: TemplateNode): TemplateNode {
  let node = start;
  for (;;) {
    if (tokens.is('operator', '|')) node = { type: 'FilterExpression', operand: node, filter: parseFilter(tokens) };
    else if (tokens.takes('name', 'is')) node = parseTest(tokens, node);
    else if (tokens.is('operator', '(')) node = { type: 'CallExpression', callee: node, args: parseArguments(tokens) };
    else return node;
  }
}

/** `|name` or `|name(arguments)`. */
export function parseFilter(tokens: TokenReader): TemplateNode {
  tokens.expect('|');
  return parseFilterName(tokens);
}

export function parseFilterName(tokens: TokenReader): TemplateNode {
  const callee: TemplateNode = { type: 'Identifier', value: tokens.name('the name of a filter') };
  return tokens.is('operator', '(') ? { type: 'CallExpression', callee, args: parseArguments(tokens) } : callee;
}

/** `is name`, `is name(argument)` or `is name argument`. */
function parseTest(tokens: TokenReader, operand: TemplateNode): TemplateNode {
  const negate = tokens.takes('name', 'not');
  const test = { value: tokens.name('the name of a test') };
  const beginsArgument =
    ['text literal', 'integer', 'float'].includes(tokens.peek().type) ||
    tokens.isOneOf('operator', ['[', '{']) ||
    (tokens.is('name') && !tokens.isOneOf('name', ['else', 'or', 'and', 'if', 'is', 'not', 'in']));
  const args = tokens.is('operator', '(')
    ? parseArguments(tokens)
    : beginsArgument
      ? [parsePostfix(tokens, parsePrimary(tokens))]
      : [];
  return { type: 'TestExpression', operand, negate, test, args };
}

export function parseArguments(tokens: TokenReader): TemplateNode[] {
  tokens.expect('(');
  const args: TemplateNode[] = [];
  while (!tokens.takes('operator', ')')) {
    if (args.length > 0) {
      tokens.expect(',');
      if (tokens.takes('operator', ')')) break;
    }
    if (tokens.takes('operator', '*')) args.push({ type: 'SpreadExpression', argument: parseExpression(tokens) });
    else if (tokens.takes('operator', '**')) {
      args.push({ type: 'KeywordSpreadExpression', argument: parseExpression(tokens) });
    } else if (tokens.is('name') && tokens.peek(1).value === '=' && tokens.peek(1).type === 'operator') {
      const key = { value: tokens.next().value };
      tokens.next();
      args.push({ type: 'KeywordArgumentExpression', key, value: parseExpression(tokens) });
    } else args.push(parseExpression(tokens));
  }
  return args;
}

function parsePrimary(tokens: TokenReader): TemplateNode {
  const token = tokens.next();
  switch (token.type) {
    case 'name':
      return { type: 'Identifier', value: token.value };
    case 'text literal': {
      // Texts side by side are one text.
      let text = textOf(token.value);
      while (tokens.is('text literal')) text += textOf(tokens.next().value);
      return { type: 'StringLiteral', value: text };
    }
    case 'integer':
      return { type: 'IntegerLiteral', value: Number(token.value.replaceAll('_', '')) };
    case 'float':
      return { type: 'FloatLiteral', value: Number(token.value.replaceAll('_', '')) };
    case 'operator':
      if (token.value === '(') return parseParentheses(tokens);
      if (token.value === '[') return { type: 'ArrayLiteral', value: itemsUntil(tokens, ']', parseExpression) };
      if (token.value === '{') {
        const pairs = itemsUntil(tokens, '}', (inner) => {
          const key = parseExpression(inner);
          inner.expect(':');
          return [key, parseExpression(inner)] as const;
        });
        return { type: 'ObjectLiteral', value: new Map(pairs) };
      }
  }
  return tokens.fail(`${tokens.shown(token)} where a value should be`, token.line);
}

function parseParentheses(tokens: TokenReader): TemplateNode {
  if (tokens.takes('operator', ')')) return { type: 'TupleLiteral', value: [] };
  const node = parseTuple(tokens);
  tokens.expect(')');
  return node;
}

function itemsUntil<T>(tokens: TokenReader, close: string, parseItem: (tokens: TokenReader) => T): T[] {
  const items: T[] = [];
  while (!tokens.takes('operator', close)) {
    if (items.length > 0) {
      tokens.expect(',');
      if (tokens.takes('operator', close)) break;
    }
    items.push(parseItem(tokens));
  }
  return items;
}

/** Escapes are Python's; a literal may run over lines. */
function textOf(literal: string): string {
  if (!literal.includes('\\')) return literal.slice(1, -1);
  return parsePythonLiteral(literal.replaceAll('\n', '\\n')) as string;
}
