/** The contract of what is worth doing about a run. */
import { z } from 'zod';
import { figure, interval, step } from './contract-values.ts';

const said = z.object({ en: z.string(), zh: z.string() });

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
          confidence: z.enum(['low', 'medium', 'high']),
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
