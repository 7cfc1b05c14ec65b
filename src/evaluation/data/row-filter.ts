/** `rows:` of a task file: which rows of its data are its docs, so that tasks of their own can be made of one file (a category, an ability). */
import { z } from 'zod';
import { LibraError } from '../../domain/errors.ts';
import { pythonStr } from '../python/python-value.ts';
import type { Row } from './dataset.ts';

const texts = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());

const limits = z.strictObject({
  /** Characters of the text. */
  min_length: z.number().int().min(0).optional(),
  max_length: z.number().int().min(0).optional(),
  /** Texts of which none may be in it. */
  lacks: texts.optional(),
});

const schema = z.record(z.string(), z.union([limits, z.array(z.unknown()), z.string(), z.number(), z.boolean()]));

/** Column -> the condition its value meets. */
export type RowFilter = Readonly<Record<string, (value: unknown) => boolean>>;

/**
 * A column's condition is a value, a list of values (one of them), or a mapping with min_length, max_length and lacks. Values are
 * compared as text, so that 1 is "1" in whatever format the data came.
 * @throws LibraError LIBRA_TASK_INVALID
 */
export function readRowFilter(value: unknown, file: string): RowFilter | null {
  if (value == null) return null;
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    throw new LibraError('LIBRA_TASK_INVALID', `${file}: \`rows\`: ${parsed.error.issues[0]!.message}.`, {
      hint: 'Give each column a value, a list of values, or a mapping with min_length, max_length and lacks.',
    });
  }
  return Object.fromEntries(
    Object.entries(parsed.data).map(([column, condition]) => [column, conditionOf(condition)] as const),
  );
}

function conditionOf(condition: z.output<typeof schema>[string]): (value: unknown) => boolean {
  if (typeof condition !== 'object' || Array.isArray(condition)) {
    const wanted = new Set([condition].flat().map(pythonStr));
    return (value) => wanted.has(pythonStr(value));
  }
  const { min_length: least = 0, max_length: most = Number.POSITIVE_INFINITY, lacks = [] } = condition;
  return (value) => {
    const text = pythonStr(value);
    const length = [...text].length;
    return length >= least && length <= most && !lacks.some((part) => text.includes(part));
  };
}

/** @throws Error naming a column that is not there, with those that are */
export function keepsRow(filter: RowFilter, row: Row): boolean {
  return Object.entries(filter).every(([column, meets]) => {
    if (Object.hasOwn(row, column)) return meets(row[column]);
    throw new Error(
      `\`rows\` asks for the column '${column}', which is not there; there are ${Object.keys(row).join(', ')}`,
    );
  });
}
