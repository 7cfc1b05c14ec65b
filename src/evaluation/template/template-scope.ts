/** Names a template can see, and the marks for what is not there. */

/** A name or attribute that does not exist: using it is an error (Jinja's StrictUndefined), asking `is defined` is not. */
export class TemplateUndefined {
  readonly what: string;
  constructor(what: string) {
    this.what = what;
  }
}

export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}

export type TemplateFunction = (args: readonly unknown[], keywords: Readonly<Record<string, unknown>>) => unknown;

export interface Scope {
  readonly names: Map<string, unknown>;
  readonly parent: Scope | null;
}

export function childOf(parent: Scope | null, names: Iterable<readonly [string, unknown]> = []): Scope {
  return { names: new Map(names), parent };
}

export function lookUp(scope: Scope, name: string): unknown {
  for (let at: Scope | null = scope; at !== null; at = at.parent) {
    if (at.names.has(name)) return at.names.get(name);
  }
  return new TemplateUndefined(`'${name}' is undefined`);
}

/** The value itself. @throws TemplateError when it is undefined */
export function defined(value: unknown): unknown {
  if (value instanceof TemplateUndefined) throw new TemplateError(value.what);
  return value;
}
