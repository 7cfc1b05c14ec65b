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

export const experimentQuery = z.strictObject({
  runs: z
    .string()
    .min(1)
    .max(3000)
    .describe('Ids or names, with commas; the first is what the others are held against'),
  capability: z.string().max(200).optional().describe('Node of the capability tree; the whole by default'),
  task: z.string().max(300).optional(),
});

const estimate = z.object({ value: figure, ci95: interval });

export const experimentReply = z
  .object({
    name: z.object({ zh: z.string(), en: z.string() }),
    capability: z.string().nullable(),
    task: z.string().nullable(),
    metric: z.string(),
    axis: z.enum(['tokens', 'step']).describe('Tokens where every checkpoint has them'),
    level: figure.describe("Score of the first run's newest checkpoint"),
    runs: z.array(
      z.object({
        run: z.string(),
        name: z.string(),
        checkpoints: z.int(),
        newest: z.number().describe('On the axis'),
        value: figure,
        against: z
          .object({
            from: z.number(),
            to: z.number(),
            at_end: estimate.describe('This run - the first, at `to`'),
            area: estimate.describe('Mean of this run - the first from `from` to `to`'),
          })
          .nullable()
          .describe('Null for the first run, and where the two have no stretch in common'),
        reaches: z
          .object({ at: z.number().nullable(), ci95: z.tuple([z.number().nullable(), z.number().nullable()]) })
          .describe('Where it reaches `level`; null where it has not yet'),
      }),
    ),
  })
  .meta({ id: 'Experiment' });

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
