/** The contract of all verdicts of a run: what a heat map is drawn from. */
import { z } from 'zod';
import { figure, interval, step } from './contract-values.ts';

export const runVerdictsQuery = z.strictObject({
  last: z.coerce.number().int().min(1).max(1000).default(100).describe('Newest checkpoints with verdicts'),
});

export const runVerdictsReply = z
  .object({
    run: z.string(),
    checkpoints: z.array(
      z.object({
        checkpoint: z.string(),
        step,
        verdicts: z.array(
          z.object({
            capability: z.string(),
            kind: z.enum(['better', 'same', 'suspected', 'worse', 'unknown']),
            difference: figure.describe('Against the reference, paired over docs'),
            ci95: interval.nullable(),
            n: z.int(),
          }),
        ),
      }),
    ),
  })
  .meta({ id: 'RunVerdicts' });

export type RunVerdictsReply = z.infer<typeof runVerdictsReply>;
