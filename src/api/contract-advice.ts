/** The contract of what is worth doing about a run. */
import { z } from 'zod';
import { alertReply } from './contract-alerts.ts';
import { figure, interval, step } from './contract-values.ts';

const said = z.object({ en: z.string(), zh: z.string() });

/** What a trainer's hook may do, in numbers. */
const advisedChange = z
  .discriminatedUnion('kind', [
    z.object({
      kind: z.literal('raise_share'),
      part: z.string().describe('Part of the data mix, by its name there'),
      share: z.number().describe('What it had before it was cut'),
      mix: z.record(z.string(), z.number()).describe('The whole mix with it; the other parts keep their proportions'),
    }),
    z.object({
      kind: z.literal('lower_learning_rate'),
      learning_rate: z.number().describe('Highest rate to go on with'),
    }),
  ])
  .meta({ id: 'AdvisedChange' });

const confidence = z.enum(['low', 'medium', 'high']);

export const runStateReply = z
  .object({
    run: z.string(),
    state: z.enum(['active', 'stalled', 'finished']),
    latest_evaluated_step: step.nullable(),
    waiting_checkpoints: z.int().describe('Complete and not yet evaluated'),
    skipped_checkpoints: z.int().describe('Passed over; each says why'),
    open_alerts: z.array(alertReply),
    suggested_action: z.enum(['continue', 'look', 'roll_back']),
    suggested_changes: z
      .array(z.object({ alert: z.string(), change: advisedChange, confidence, reason: z.string() }))
      .describe('What firing alerts advise, as far as a hook could do it; the surest of an alert first'),
    last_good_checkpoint: z.string().nullable(),
  })
  .meta({ id: 'RunState' });

export const adviceReply = z
  .object({
    run: z.string(),
    step: step.nullable().describe('Newest evaluated checkpoint; null before there is one'),
    alerts: z
      .array(
        z.object({
          alert: z.string(),
          title: z.string(),
          action: said,
          why: said,
          against: said,
          confidence,
          change: advisedChange.nullable().describe('The same in numbers, where it is as definite as that'),
        }),
      )
      .describe('What open alerts advise'),
    forecasts: z
      .array(
        z.object({
          capability: z.string(),
          name: said,
          step: step.describe('End of the run'),
          value: figure,
          ci95: interval.describe('Of what a checkpoint at the end would score'),
          gain: figure.describe('What the rest of the run is expected to buy'),
          gain_ci95: interval,
          model: z.enum(['saturating', 'local']),
          plateau: z.boolean().describe('Even the good end of the interval buys less than half a point'),
        }),
      )
      .describe('Empty while nobody knows how long the run is'),
    cautions: z
      .array(
        z.object({
          kind: z.enum(['unstable', 'memorised', 'benchmark']),
          capability: z.string().nullable(),
          task: z.string().nullable(),
          said,
        }),
      )
      .describe('What to know before trusting a number'),
  })
  .meta({ id: 'RunAdvice' });
