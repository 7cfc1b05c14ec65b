/** The contract of comparisons: two checkpoints side by side. */
import { z } from 'zod';
import { figure, interval, step } from './contract-values.ts';

const reference = z
  .string()
  .min(1)
  .max(300)
  .describe('Id of a checkpoint, `RUN@STEP`, or a run for its newest evaluated checkpoint');

export const compareQuery = z.strictObject({
  a: reference,
  b: reference,
  flips: z.coerce
    .number()
    .int()
    .min(0)
    .max(100)
    .default(3)
    .describe('Docs shown of each task that changed, in each direction'),
});

const side = z.object({
  name: z.string(),
  run: z.string().nullable(),
  checkpoint: z.string().nullable(),
  step: step.nullable(),
  path: z.string(),
  troubles: z.array(z.object({ path: z.string(), reason: z.string() })).describe('What could not be read'),
});

export const comparisonReply = z
  .object({
    a: side,
    b: side,
    rows: z.array(
      z.object({
        capability: z.string().nullable().describe('Node of the capability tree; null for a task'),
        task: z.string().nullable(),
        name: z.object({ zh: z.string(), en: z.string() }),
        metric: z.string(),
        higher_is_better: z.boolean(),
        a: figure.describe('Over the docs both have'),
        b: figure,
        difference: figure.describe('b - a'),
        stderr: figure,
        ci95: interval,
        n: z.int(),
        is_paired: z.boolean().describe('False where single docs of a side are not known'),
        p: figure.describe('Two-sided'),
        adjusted_p: figure.describe('The same adjusted over all tasks, or all nodes (Holm)'),
        verdict: z
          .enum(['better', 'worse', 'same', 'unknown'])
          .describe('Of b against a; unknown: not enough evidence either way'),
        lost: z.int().describe('Docs right in a and wrong in b'),
        gained: z.int(),
      }),
    ),
    flips: z.array(
      z.object({
        task: z.string(),
        change: z.enum(['lost', 'gained']),
        doc_id: z.string(),
        question: z.string().describe('Empty where the text is not kept'),
        expected: z.string(),
        a: z.string().nullable().describe('What was answered'),
        b: z.string().nullable(),
      }),
    ),
    not_compared: z.array(z.object({ task: z.string(), reason: z.string() })),
  })
  .meta({ id: 'Comparison' });
