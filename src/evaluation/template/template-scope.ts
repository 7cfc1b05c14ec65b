/** Names a template can see, and the marks for what is not there. */

/** A name or attribute that does not exist: using it is an error (Jinja's StrictUndefined), asking `is defined` is not. */
export class TemplateUndefined {
  readonly what: string;
  /** The name at the top that is not there: a column the doc does not have. */
  readonly missing: string | null;
  /** Only this kind may be printed, as nothing: what an inline `if` without `else` gives. */
  readonly isLenient: boolean;
  constructor(what: string, missing: string | null = null, isLenient = false) {
    this.what = what;
    this.missing = missing;
    this.isLenient = isLenient;
  }
}

export class TemplateError extends Error {
  override readonly name = 'TemplateError';
  /** The name that is neither a column nor set by the template, when that is what is wrong. */
  readonly missing: string | null;
  constructor(message: string, missing: string | null = null) {
    super(message);
    this.missing = missing;
  }
}

export type TemplateFunction = (args: readonly unknown[], keywords: Readonly<Record<string, unknown>>) => unknown;

/** Iterations and calls that one rendering may make: no prompt needs more, and a task file may come from anywhere. */
const MOST_STEPS = 1_000_000;
/** Characters or items that a value may have. */
const LONGEST = 10_000_000;

export interface Scope {
  readonly names: Map<string, unknown>;
  readonly parent: Scope | null;
  readonly budget: { steps: number };
}

export function childOf(parent: Scope, names: Iterable<readonly [string, unknown]> = []): Scope {
  return { names: new Map(names), parent, budget: parent.budget };
}

/** The scope of one rendering, with steps of its own. */
export function rootScope(globals: Scope | null, names: Iterable<readonly [string, unknown]> = []): Scope {
  return { names: new Map(names), parent: globals, budget: { steps: MOST_STEPS } };
}

/** @throws TemplateError when the rendering has gone on for too long */
export function takeStep({ budget }: Scope): void {
  if (--budget.steps < 0) throw new TemplateError('it takes more than a million steps');
}

/** @throws TemplateError for a length that nothing in a prompt has */
export function boundedLength(length: number): number {
  if (length > LONGEST) throw new TemplateError(`it makes a value of ${length} characters or items`);
  return length;
}

export function lookUp(scope: Scope, name: string): unknown {
  for (let at: Scope | null = scope; at !== null; at = at.parent) {
    if (at.names.has(name)) return at.names.get(name);
  }
  return new TemplateUndefined(`'${name}' is undefined`, name);
}

/** The value itself. @throws TemplateError when it is undefined */
export function defined(value: unknown): unknown {
  if (value instanceof TemplateUndefined && value.isLenient) return '';
  if (value instanceof TemplateUndefined) throw new TemplateError(value.what, value.missing);
  return value;
}
