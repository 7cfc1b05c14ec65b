/** Reading fields of a request body: one function a kind of field, each refusing with a sentence that names the field. */
import { badRequest } from './api-error.ts';

export type Body = Readonly<Record<string, unknown>>;

interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** A finite number within bounds, or `otherwise` when the field is absent or null. */
export function numberIn<T>(body: Body, field: string, { min, max }: Bounds, otherwise: T): number | T {
  const value = body[field] ?? null;
  if (value === null) return otherwise;
  if (typeof value === 'number' && value >= min && value <= max) return value;
  throw badRequest(`${field} must be a number from ${min} to ${max}, and it is ${nameOf(value)}`, field);
}

export function integerIn<T>(body: Body, field: string, bounds: Bounds, otherwise: T): number | T {
  const value = numberIn(body, field, bounds, otherwise);
  if (value === otherwise || Number.isInteger(value)) return value;
  throw badRequest(`${field} must be a whole number, and it is ${nameOf(value)}`, field);
}

export function flagIn(body: Body, field: string, otherwise: boolean): boolean {
  const value = body[field] ?? otherwise;
  if (typeof value === 'boolean') return value;
  throw badRequest(`${field} must be true or false`, field);
}

/** One string or a list of them; [] when absent. */
export function stringsIn(body: Body, field: string): string[] {
  const value = body[field] ?? [];
  const list = Array.isArray(value) ? value : [value];
  if (list.every((item) => typeof item === 'string')) return list;
  throw badRequest(`${field} must be a string or a list of strings`, field);
}

/** A text, or token ids that are all within the vocabulary. */
export type TextOrTokens = string | readonly number[];

export function textOrTokens(value: unknown, field: string, vocabSize: number): TextOrTokens {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) throw badRequest(`${field} must be a string or a list of token ids`, field);
  for (const id of value) {
    if (!Number.isInteger(id) || id < 0 || id >= vocabSize) {
      throw badRequest(`${field} holds ${nameOf(id)}, which is not a token id from 0 to ${vocabSize - 1}`, field);
    }
  }
  return value as number[];
}

/** One text, one token list, or a list of either. */
export function promptsIn(body: Body, field: string, vocabSize: number): TextOrTokens[] {
  const value = body[field];
  if (typeof value === 'string') return [value];
  if (!Array.isArray(value) || value.length === 0) {
    throw badRequest(`${field} must be a string, a list of strings, or token ids, and not empty`, field);
  }
  if (typeof value[0] === 'number') return [textOrTokens(value, field, vocabSize)];
  return value.map((item, index) => textOrTokens(item, `${field}[${index}]`, vocabSize));
}

/** A list that is not longer than `most`; [] when absent. */
export function listIn(body: Body, field: string, most: number): readonly unknown[] {
  const value = body[field] ?? [];
  if (!Array.isArray(value)) throw badRequest(`${field} must be a list`, field);
  if (value.length > most) throw badRequest(`${field} may have ${most} entries, and it has ${value.length}`, field);
  return value;
}

/** Fields that would change the answer and are not implemented are refused, never silently dropped. */
export function refuseUnsupported(body: Body, neutral: Readonly<Record<string, readonly unknown[]>>): void {
  for (const [field, values] of Object.entries(neutral)) {
    const value = body[field] ?? null;
    const isEmpty = typeof value === 'object' && value !== null && Object.keys(value).length === 0;
    if (value !== null && !isEmpty && !values.includes(value)) {
      throw badRequest(`${field} is not supported by this engine`, field, 'unsupported_parameter');
    }
  }
}

/** A value as a message may show it; lists and objects may be of any size and depth, so only their kind is said. */
function nameOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = typeof value === 'string' ? JSON.stringify(value.slice(0, 40)) : String(value);
  return text;
}
