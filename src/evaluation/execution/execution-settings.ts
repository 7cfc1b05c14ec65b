/** The key `execution` of a task file: how an answer becomes a program, and what decides whether the program is right. */
import { z } from 'zod';
import { LibraError } from '../../domain/errors.ts';

const template = z.union([z.string(), z.number()]).transform(String);

const schema = z.strictObject({
  /** `sql` runs in a database of its own in memory. */
  language: z.enum(['python', 'sql']),
  /** The program; `{{completion}}` is an answer as the filters leave it, everything else the doc's columns. */
  program: template,
  /** Python: tests, run where the program is not. SQL: the query whose rows are the right ones. */
  check: template,
  /** Runs before the tests, on their side. SQL: tables and rows, made for either query. */
  prelude: template.default(''),
  /** What the tests take from the program; everything it defines by default. */
  names: z.union([template.transform((name) => [name]), z.array(template)]).default([]),
  /** Seconds of processor time. */
  timeout: z
    .union([z.number(), z.string().regex(/^\d+(\.\d+)?\s*s$/)])
    .transform((value) => (typeof value === 'number' ? value : Number.parseFloat(value)))
    .pipe(z.number().positive().max(600))
    .default(3),
  /** Megabytes. */
  memory: z.number().int().min(64).max(65_536).default(1024),
});

export type ExecutionSettings = Readonly<z.output<typeof schema>>;

/**
 * @returns null when the file has no such key
 * @throws LibraError LIBRA_TASK_INVALID
 */
export function readExecution(value: unknown, file: string): ExecutionSettings | null {
  if (value == null) return null;
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new LibraError(
    'LIBRA_TASK_INVALID',
    `${file}: \`${['execution', ...issue.path].join('.')}\`: ${issue.message}.`,
    {
      hint: 'It takes language (python or sql), program, check, prelude, names, timeout (seconds) and memory (megabytes).',
    },
  );
}
