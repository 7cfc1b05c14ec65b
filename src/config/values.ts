/** Values that many keys have. */
import { z } from 'zod';

export const text = z.string().min(1);
export const names = z.array(text).prefault([]);
export const orNull = <Schema extends z.ZodType>(schema: Schema) => schema.nullable().prefault(null);

/** `env:NAME` or `file:/path`; what it stands for is read when it is needed. */
export const secret = z.string().regex(/^(env:[A-Za-z_][A-Za-z0-9_]*|file:(\/|~\/).+)$/, {
  error: 'env:NAME or file:/path, so that no secret stands in this file',
});

export const CLOCK_TIME = /^([01]\d|2[0-3]):[0-5]\d$/;
export const clockTime = z.string().regex(CLOCK_TIME, { error: 'a time of day such as 22:00' });

const isTimeZone = (zone: string): boolean => {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: zone }));
  } catch {
    return false;
  }
};
export const timeZone = text.refine(isTimeZone, { error: 'a time zone such as Asia/Shanghai or UTC' });
