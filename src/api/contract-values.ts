/** Building blocks of the contract. */
import { z } from 'zod';

export const at = z.string().meta({ format: 'date-time', description: 'RFC 3339, UTC' });
export const figure = z.number().nullable().describe('null where the number is not defined');
export const interval = z.tuple([figure, figure]).describe('95 % interval: low, high');
export const step = z.int().nonnegative();
export const tokens = z.number().nullable().describe('Tokens seen by training; null when the run does not say');
export const mix = z.record(z.string(), z.number().nullable()).nullable();

/** A page of a list; pass `next` as `after` for the following one, null at the end. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), next: z.string().nullable() });
}
