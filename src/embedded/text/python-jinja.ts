/**
 * Jinja as Python runs it, where the JavaScript library differs without saying so: how values are printed, what white space is
 * stripped, and that a text and a list cannot be added. What the library lacks altogether is its own error.
 */
import { Interpreter, parse, Environment as Scope, tokenize } from '@huggingface/jinja';
import { systemClock } from '../../system/clock.ts';

/** What Python's str.strip() takes away; JavaScript's trim() takes a slightly different set. */
const SPACE = '[\\t-\\r\\u001c-\\u0020\\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+';
const AT_START = new RegExp(`^${SPACE}`, 'u');
const AT_END = new RegExp(`${SPACE}$`, 'u');

interface Value {
  readonly type: string;
  readonly value: unknown;
}
interface Node {
  readonly type: string;
  readonly [field: string]: unknown;
}
/** The parts of the library's interpreter that are overridden; its types call them private. */
interface Open {
  evaluate(node: Node | undefined, scope: unknown): Value;
  evaluateBlock(statements: readonly Node[], scope: unknown): Value;
  evaluateBinaryExpression(node: Node, scope: unknown): Value;
  evaluateCallExpression(node: Node, scope: unknown): Value;
  applyFilter(operand: Value, filter: Node, scope: unknown): Value;
}

const Base = Interpreter as unknown as new (scope?: unknown) => Open;
const blank = new Base().evaluate({ type: 'StringLiteral', value: '' }, null);
const StringValue = blank.constructor as new (text: string) => Value;

/** Statements give null; only an expression prints None. */
const STATEMENTS = new Set(['Set', 'Macro', 'Comment', 'Break', 'Continue', 'If', 'For', 'CallStatement']);

class PythonInterpreter extends Base {
  override evaluate(node: Node | undefined, scope: unknown): Value {
    return node?.type === 'Known' ? (node.known as Value) : super.evaluate(node, scope);
  }

  override evaluateBlock(statements: readonly Node[], scope: unknown): Value {
    let text = '';
    for (const statement of statements) {
      const value = this.evaluate(statement, scope);
      if (value.type === 'StringValue') text += value.value;
      else if (!STATEMENTS.has(statement.type)) text += printed(value);
    }
    return new StringValue(text);
  }

  override evaluateBinaryExpression(node: Node, scope: unknown): Value {
    const operator = (node.operator as { readonly value: string }).value;
    if (operator !== '+' && operator !== '~') return super.evaluateBinaryExpression(node, scope);
    const left = this.evaluate(node.left as Node, scope);
    const right = this.evaluate(node.right as Node, scope);
    const texts = [left, right].filter(({ type }) => type === 'StringValue').length;
    if (operator === '~') return new StringValue(printed(left) + printed(right));
    if (texts === 1)
      throw new TypeError(`a text and a value of type ${[left, right].map(kindOf).join(' and ')} cannot be added`);
    const known = (value: Value): Node => ({ type: 'Known', known: value });
    return super.evaluateBinaryExpression({ ...node, left: known(left), right: known(right) }, scope);
  }

  override evaluateCallExpression(node: Node, scope: unknown): Value {
    const callee = node.callee as Node;
    const method =
      callee.type === 'MemberExpression' && callee.computed !== true ? (callee.property as Node).value : null;
    const isStrip = method === 'strip' || method === 'lstrip' || method === 'rstrip';
    if (!isStrip) return super.evaluateCallExpression(node, scope);
    if ((node.args as readonly Node[]).length > 0) throw new TypeError(`${method}() with an argument is not supported`);
    const object = this.evaluate(callee.object as Node, scope);
    if (object.type !== 'StringValue') throw new TypeError(`${method}() of a value of type ${kindOf(object)}`);
    const head = method === 'rstrip' ? String(object.value) : String(object.value).replace(AT_START, '');
    return new StringValue(method === 'lstrip' ? head : head.replace(AT_END, ''));
  }

  override applyFilter(operand: Value, filter: Node, scope: unknown): Value {
    const name = filter.type === 'Identifier' ? filter.value : null;
    if (name === 'trim') return new StringValue(printed(operand).replace(AT_START, '').replace(AT_END, ''));
    if (name === 'string') return new StringValue(printed(operand));
    return super.applyFilter(operand, filter, scope);
  }
}

function kindOf(value: Value): string {
  return value.type.replace('Value', '').toLowerCase();
}

/** str(value) in Python. */
function printed(value: Value): string {
  if (value.type === 'StringValue') return String(value.value);
  return value.type === 'UndefinedValue' ? '' : represented(value);
}

/** repr(value) in Python. */
function represented(value: Value): string {
  switch (value.type) {
    case 'StringValue':
      return quoted(String(value.value));
    case 'NullValue':
      return 'None';
    case 'BooleanValue':
      return value.value === true ? 'True' : 'False';
    case 'IntegerValue':
      return String(value.value);
    case 'FloatValue':
      return Number.isInteger(value.value) ? `${value.value}.0` : String(value.value);
    case 'ArrayValue':
      return `[${(value.value as Value[]).map(represented).join(', ')}]`;
    case 'TupleValue': {
      const items = (value.value as Value[]).map(represented);
      return `(${items.join(', ')}${items.length === 1 ? ',' : ''})`;
    }
    case 'ObjectValue': {
      const entries = [...(value.value as Map<string, Value>)];
      return `{${entries.map(([key, each]) => `${quoted(key)}: ${represented(each)}`).join(', ')}}`;
    }
    default:
      throw new TypeError(`a value of type ${kindOf(value)} cannot be printed`);
  }
}

function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const named: Readonly<Record<string, string>> = {
    '\n': '\\n',
    '\r': '\\r',
    '\t': '\\t',
    '\\': '\\\\',
    [quote]: `\\${quote}`,
  };
  const hidden = (character: string) => {
    const hex = character.codePointAt(0)!.toString(16);
    return hex.length <= 2
      ? `\\x${hex.padStart(2, '0')}`
      : hex.length <= 4
        ? `\\u${hex.padStart(4, '0')}`
        : `\\U${hex.padStart(8, '0')}`;
  };
  const escaped = text.replace(/[\\'"\n\r\t]|(?! )[\p{C}\p{Z}]/gu, (found) => {
    if (found === "'" || found === '"') return found === quote ? `\\${quote}` : found;
    return named[found] ?? hidden(found);
  });
  return quote + escaped + quote;
}

/** @throws Error when the template cannot be read, or refuses these variables */
export function compileTemplate(source: string): (variables: Readonly<Record<string, unknown>>) => string {
  const program = parse(tokenize(source, { lstrip_blocks: true, trim_blocks: true }));
  return (variables) => {
    const scope = globalScope();
    for (const [name, value] of Object.entries(variables)) scope.set(name, value);
    return String(new PythonInterpreter(scope).evaluate(program as unknown as Node, scope).value);
  };
}

/** The names every template of transformers may use. */
function globalScope(): Scope {
  const scope = new Scope();
  const names = { true: true, True: true, false: false, False: false, none: null, None: null };
  for (const [name, value] of Object.entries(names)) scope.set(name, value);
  scope.set('range', range);
  scope.set('strftime_now', (format: string) => formatTime(new Date(systemClock.now()), format));
  scope.set('raise_exception', (message: string) => {
    throw new Error(message);
  });
  return scope;
}

/** Longer than any conversation; a hostile template must not fill the memory. */
const LONGEST_RANGE = 100_000;

function range(first: number, second?: number, step = 1): number[] {
  const [start, stop] = second === undefined ? [0, first] : [first, second];
  const length = step === 0 ? Number.NaN : Math.max(0, Math.ceil((stop - start) / step));
  if (!(length <= LONGEST_RANGE)) throw new RangeError('range() of this size is not supported');
  return Array.from({ length }, (_, at) => start + at * step);
}

const MONTHS = 'January February March April May June July August September October November December'.split(' ');
const DAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');

/** Python's strftime in English. @throws TypeError for a directive that is not known */
export function formatTime(time: Date, format: string): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const [month, day] = [MONTHS[time.getMonth()]!, DAYS[time.getDay()]!];
  const parts: Readonly<Record<string, string>> = {
    Y: String(time.getFullYear()),
    y: two(time.getFullYear() % 100),
    m: two(time.getMonth() + 1),
    d: two(time.getDate()),
    e: String(time.getDate()).padStart(2),
    B: month,
    b: month.slice(0, 3),
    A: day,
    a: day.slice(0, 3),
    H: two(time.getHours()),
    I: two(time.getHours() % 12 || 12),
    p: time.getHours() < 12 ? 'AM' : 'PM',
    M: two(time.getMinutes()),
    S: two(time.getSeconds()),
    '%': '%',
  };
  return format.replace(/%(.?)/gs, (whole, letter: string) => {
    const part = parts[letter];
    if (part === undefined) throw new TypeError(`strftime_now has no ${whole}`);
    return part;
  });
}
