/** Walks through the tokens of a template. */
import { TemplateSyntaxError, type TemplateToken } from './tokenize-template.ts';

/** Levels of nesting that a template may have: whoever reads and renders it goes as deep as it does. */
const DEEPEST = 200;

export class TokenReader {
  readonly #tokens: readonly TemplateToken[];
  #at = 0;

  /** @throws TemplateSyntaxError when it is nested too deep */
  constructor(tokens: readonly TemplateToken[]) {
    this.#tokens = tokens;
    let depth = 0;
    for (const { type, value, line } of tokens) {
      if (type === 'operator') depth += '([{'.includes(value) ? 1 : ')]}'.includes(value) ? -1 : 0;
      if (depth > DEEPEST) throw new TemplateSyntaxError(line, 'it is nested too deep');
    }
  }

  peek(ahead = 0): TemplateToken {
    return this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)]!;
  }

  next(): TemplateToken {
    const token = this.peek();
    this.#at++;
    return token;
  }

  is(type: TemplateToken['type'], value?: string): boolean {
    const token = this.peek();
    return token.type === type && (value === undefined || token.value === value);
  }

  isOneOf(type: TemplateToken['type'], values: readonly string[]): boolean {
    const token = this.peek();
    return token.type === type && values.includes(token.value);
  }

  /** Goes on when the next token is that one. */
  takes(type: TemplateToken['type'], value: string): boolean {
    if (!this.is(type, value)) return false;
    this.#at++;
    return true;
  }

  /** @throws TemplateSyntaxError when the next token is not that mark */
  expect(mark: string): void {
    const token = this.next();
    if ((token.type === 'operator' || token.type === 'close') && token.value === mark) return;
    this.fail(`${this.shown(token)} where \`${mark}\` should be`, token.line);
  }

  /** @throws TemplateSyntaxError when the next token is no name */
  name(what: string): string {
    const token = this.next();
    return token.type === 'name' ? token.value : this.fail(`${this.shown(token)} where ${what} should be`, token.line);
  }

  shown({ type, value }: TemplateToken): string {
    return type === 'end' ? 'the template ends' : type === 'text' ? 'there is text' : `there is \`${value}\``;
  }

  fail(what: string, line: number): never {
    throw new TemplateSyntaxError(line, what);
  }
}
