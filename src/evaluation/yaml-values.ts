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
