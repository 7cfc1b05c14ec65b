/** Jinja source -> syntax tree: texts, `{{ expressions }}` and the statements a task's template may hold. */
import {
  parseArguments,
  parseExpression,
  parseFilter,
  parseFilterName,
  parseOr,
  parseTuple,
} from './parse-expression.ts';
import type { TemplateNode } from './template-node.ts';
import { TokenReader } from './token-reader.ts';
import { TemplateSyntaxError, tokenizeTemplate } from './tokenize-template.ts';

/** Statements within statements; whoever reads and renders them goes as deep. */
const DEEPEST = 100;

/** @throws TemplateSyntaxError with the line when the source is not a Jinja template */
export function parseTemplate(source: string): readonly TemplateNode[] {
  const tokens = new TokenReader(tokenizeTemplate(source));
  const body = parseBody(tokens, [], 0);
  if (!tokens.is('end')) tokens.fail(`\`${tokens.peek(1).value}\` ends nothing`, tokens.peek().line);
  return body;
}

/** Up to one of the statements that end it (which is left to be read), or the end of the template. */
function parseBody(tokens: TokenReader, ends: readonly string[], depth: number): TemplateNode[] {
  const opened = tokens.peek().line;
  if (depth > DEEPEST) tokens.fail('it is nested too deep', opened);
  const body: TemplateNode[] = [];
  for (;;) {
    const token = tokens.peek();
    if (token.type === 'end') {
      if (ends.length > 0) throw new TemplateSyntaxError(opened, `\`{% ${ends.at(-1)} %}\` is missing`);
      return body;
    }
    if (token.type === 'text') body.push({ type: 'StringLiteral', value: tokens.next().value });
    else if (token.value === '{{') {
      tokens.next();
      body.push(parseTuple(tokens));
      tokens.expect('}}');
    } else {
      const keyword = tokens.peek(1).value;
      if (ends.includes(keyword) || keyword.startsWith('end') || keyword === 'else' || keyword === 'elif') return body;
      tokens.next();
      body.push(parseStatement(tokens, depth));
    }
  }
}

function parseStatement(tokens: TokenReader, depth: number): TemplateNode {
  const { line } = tokens.peek();
  const keyword = tokens.name('a statement');
  const bodyUntil = (...ends: string[]): TemplateNode[] => {
    tokens.expect('%}');
    return parseBody(tokens, ends, depth + 1);
  };
  switch (keyword) {
    case 'if':
      return parseIf(tokens, depth);
    case 'for':
      return parseFor(tokens, bodyUntil);
    case 'set':
      return parseSet(tokens, bodyUntil);
    case 'macro': {
      const name = { value: tokens.name('the name of a macro') };
      const args = parseArguments(tokens);
      const body = bodyUntil('endmacro');
      end(tokens, 'endmacro');
      return { type: 'Macro', name, args, body };
    }
    case 'call': {
      const callerArgs = tokens.is('operator', '(') ? parseArguments(tokens) : [];
      const call = parseExpression(tokens);
      if (call.type !== 'CallExpression') tokens.fail('`{% call %}` must call a macro', line);
      const body = bodyUntil('endcall');
      end(tokens, 'endcall');
      return { type: 'CallStatement', call, callerArgs, body };
    }
    case 'filter': {
      let filters = [parseFilterName(tokens)];
      while (tokens.is('operator', '|')) filters = [...filters, parseFilter(tokens)];
      const body = bodyUntil('endfilter');
      end(tokens, 'endfilter');
      return { type: 'FilterStatement', filters, body };
    }
    case 'with': {
      const assignments: { target: TemplateNode; value: TemplateNode }[] = [];
      while (!tokens.is('close')) {
        if (assignments.length > 0) tokens.expect(',');
        const target = parseTarget(tokens);
        tokens.expect('=');
        assignments.push({ target, value: parseExpression(tokens) });
      }
      const body = bodyUntil('endwith');
      end(tokens, 'endwith');
      return { type: 'With', assignments, body };
    }
    default:
      return tokens.fail(`the statement \`${keyword}\` is not known`, line);
  }
}

function parseIf(tokens: TokenReader, depth: number): TemplateNode {
  const test = parseTuple(tokens);
  tokens.expect('%}');
  const body = parseBody(tokens, ['elif', 'else', 'endif'], depth + 1);
  if (takesEnd(tokens, 'elif')) return { type: 'If', test, body, alternate: [parseIf(tokens, depth)] };
  let alternate: TemplateNode[] = [];
  if (takesEnd(tokens, 'else')) {
    tokens.expect('%}');
    alternate = parseBody(tokens, ['endif'], depth + 1);
  }
  end(tokens, 'endif');
  return { type: 'If', test, body, alternate };
}

function parseFor(tokens: TokenReader, bodyUntil: (...ends: string[]) => TemplateNode[]): TemplateNode {
  const loopvar = parseTarget(tokens);
  if (!tokens.takes('name', 'in'))
    tokens.fail(`${tokens.shown(tokens.peek())} where \`in\` should be`, tokens.peek().line);
  const iterable = parseTuple(tokens, parseOr);
  const test = tokens.takes('name', 'if') ? parseExpression(tokens) : null;
  if (tokens.is('name', 'recursive')) tokens.fail('a recursive loop is not supported', tokens.peek().line);
  const body = bodyUntil('else', 'endfor');
  const defaultBlock = takesEnd(tokens, 'else') ? bodyUntil('endfor') : [];
  end(tokens, 'endfor');
  return { type: 'For', loopvar, iterable, test, body, defaultBlock };
}

function parseSet(tokens: TokenReader, bodyUntil: (...ends: string[]) => TemplateNode[]): TemplateNode {
  const assignee = parseTarget(tokens);
  if (tokens.takes('operator', '=')) {
    const value = parseTuple(tokens);
    tokens.expect('%}');
    return { type: 'Set', assignee, value, body: [], filters: [] };
  }
  const filters: TemplateNode[] = [];
  while (tokens.is('operator', '|')) filters.push(parseFilter(tokens));
  const body = bodyUntil('endset');
  end(tokens, 'endset');
  return { type: 'Set', assignee, value: null, body, filters };
}

/** A name, an attribute of a namespace, or several names. */
function parseTarget(tokens: TokenReader): TemplateNode {
  const isInParentheses = tokens.takes('operator', '(');
  const target = parseTuple(tokens, (inner): TemplateNode => {
    if (inner.is('operator', '(')) return parseTarget(inner);
    const name: TemplateNode = { type: 'Identifier', value: inner.name('a name') };
    if (!inner.takes('operator', '.')) return name;
    const property = { type: 'Identifier', value: inner.name('the name of an attribute') };
    return { type: 'MemberExpression', object: name, property, computed: false };
  });
  if (isInParentheses) tokens.expect(')');
  return target;
}

/** Reads `{% keyword`, when that is next. */
function takesEnd(tokens: TokenReader, keyword: string): boolean {
  if (!(tokens.is('open', '{%') && tokens.peek(1).value === keyword)) return false;
  tokens.next();
  tokens.next();
  return true;
}

function end(tokens: TokenReader, keyword: string): void {
  if (!takesEnd(tokens, keyword)) {
    const found = tokens.peek(1).value;
    tokens.fail(`\`{% ${found} %}\` where \`{% ${keyword} %}\` should be`, tokens.peek().line);
  }
  tokens.expect('%}');
}
