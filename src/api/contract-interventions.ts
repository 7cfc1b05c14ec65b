/** What the API takes and gives of the team's changes to a training. */
import { z } from 'zod';
import { at, interval, step } from './contract-values.ts';

export const interventionBody = z.strictObject({
  step: step.describe('What was trained after this step was trained with the change'),
  note: z.string().trim().min(1).max(2000).describe('What was changed, e.g. `zh share 0 -> 0.3`'),
  by: z.string().max(100).optional(),
});

export const interventionReply = z
  .object({
    id: z.int(),
    run: z.string(),
    step,
    note: z.string(),
    by: z.string(),
    at,
    before_steps: z.array(step).describe('Checkpoints just before it, at one level'),
    after_steps: z.array(step).describe('Checkpoints with it and without a later one; empty while there are none'),
    effects: z
      .array(
        z.object({
          capability: z.string().nullable(),
          task: z.string().nullable(),
          name: z.object({ zh: z.string(), en: z.string() }),
          metric: z.string(),
          before: z.number(),
          after: z.number(),
          difference: z.number().describe('after - before, paired over docs'),
          ci95: interval,
          n: z.int(),
          z: z.number().describe('Standard errors for the better (positive) or the worse'),
          was_alerted: z.boolean().describe('It was in an alert that was open then'),
        }),
      )
      .describe('The clearest first'),
  })
  .meta({ id: 'Intervention' });

export const interventionsReply = z.object({ items: z.array(interventionReply) }).meta({ id: 'Interventions' });
