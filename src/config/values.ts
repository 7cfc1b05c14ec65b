/** Values that many keys have. */
import { z } from 'zod';

export const text = z.string().min(1);
export const names = z.array(text).prefault([]);
export const orNull = <Schema extends z.ZodType>(schema: Schema) => schema.nullable().prefault(null);
