/** Reading a part of tokenizer.json: its settings with the defaults of the Rust library, and an error that names what is wrong. */
import { recordOf } from '../graph/model-config.ts';

/** One object of the file, usually with a `type`. */
export type Part = Readonly<Record<string, unknown>>;

/** @throws TypeError naming `where` when the value is no object */
export function partOf(value: unknown, where: string): Part {
  const part = recordOf(value);
  if (part === null) throw new TypeError(`${where} is not an object`);
  return part;
}

export function textIn(part: Part, key: string, fallback?: string): string {
  const value = part[key] ?? fallback;
  if (typeof value !== 'string') throw new TypeError(`${String(part.type)}.${key} is not a text`);
  return value;
}

export function flagIn(part: Part, key: string, fallback: boolean): boolean {
  const value = part[key] ?? fallback;
  if (typeof value !== 'boolean') throw new TypeError(`${String(part.type)}.${key} is not true or false`);
  return value;
}

export function numberIn(part: Part, key: string, fallback?: number): number {
  const value = part[key] ?? fallback;
  if (typeof value !== 'number') throw new TypeError(`${String(part.type)}.${key} is not a number`);
  return value;
}

export function listIn(part: Part, key: string): readonly unknown[] {
  const value = part[key];
  if (!Array.isArray(value)) throw new TypeError(`${String(part.type)}.${key} is not a list`);
  return value;
}

/** A kind this engine has no exact meaning for is never guessed at. */
export function unknownKind(what: string, part: Part): TypeError {
  return new TypeError(`unknown kind of ${what}: ${JSON.stringify(part.type ?? null)}`);
}
