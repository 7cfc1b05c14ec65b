/** What a task file holds once it is read: plain values, and references to Python functions. */

/** A Python function named by a task file; Libra runs no Python. */
export class FunctionReference {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  constructor(name: string, file: string, line: number) {
    this.name = name;
    this.file = file;
    this.line = line;
  }
}

export type YamlFields = Readonly<Record<string, unknown>>;

/** The first Python function in a value, however deep. */
export function findFunction(value: unknown): FunctionReference | undefined {
  if (value instanceof FunctionReference) return value;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const inner of Object.values(value)) {
    const found = findFunction(inner);
    if (found !== undefined) return found;
  }
  return undefined;
}
