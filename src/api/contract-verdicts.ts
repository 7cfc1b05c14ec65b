/** Verdicts as they go over the wire. */
import { z } from 'zod';
import { figure, interval, step } from './contract-values.ts';

export const verdictReply = z
  .object({
    capability: z.string().nullable(),
    task: z.string().nullable(),
    metric: z.string(),
    kind: z.enum(['better', 'same', 'suspected', 'worse', 'unknown']),
    reason: z.string().describe('The evidence in one or two sentences, or what is missing'),
    reason_zh: z.string().nullable().describe('The same in Chinese; null for verdicts of older versions'),
    value: figure.describe('Mean over the newest stretch'),
    reference: figure.describe('Mean over the stretch it is held against'),
    difference: figure.describe('value - reference, paired over docs'),
    ci95: interval.nullable(),
    n: z.int(),
    z: figure.describe('Evidence of a change for the worse (positive) or the better, in standard errors'),
    reference_steps: z.array(step),
    change_between: z.tuple([step, step]).nullable().describe('Last good and first bad step'),
    besides: z
      .array(
        z.object({
          to: z.enum(['previous', 'best', 'base', 'reference', 'engine']),
          name: z.string().optional().describe('Of the configured reference'),
          steps: z.array(step),
          difference: figure,
          ci95: interval,
          n: z.int(),
        }),
      )
      .describe(
        'Against the checkpoint before, the best five in a row, the base model and the configured references: shown beside, not decided on. `engine`: what the engine that took over makes of these steps, less what the one before made of them',
      ),
  })
  .meta({ id: 'Verdict' });

export const verdictsReply = z
  .object({ checkpoint: z.string(), step, verdicts: z.array(verdictReply) })
  .meta({ id: 'Verdicts' });

export type VerdictReply = z.infer<typeof verdictReply>;
