/** The contract of requests: what may stand in a query or a body. */
import { z } from 'zod';
import { METRIC_FAMILIES } from '../domain/task.ts';
import { alertState } from './contract-alerts.ts';
import { step } from './contract-values.ts';

const limit = z.coerce.number().int().min(1).max(1000);
const after = z.string().max(200).describe('`next` of the page before');
export const pageQuery = z.strictObject({ limit: limit.default(100), after: after.optional() });
export const noQuery = z.strictObject({});
export const trendsQuery = z.strictObject({
  capability: z.string().max(200).optional().describe('This node of the tree only; `*` is the whole'),
  task: z.string().max(300).optional(),
  metric: z.string().max(100).optional(),
  family: z
    .enum(METRIC_FAMILIES)
    .optional()
    .describe('Series of tasks of this family only; without it, a metric or a task: what task files name themselves'),
  from: z.coerce.number().int().min(0).optional().describe('First step'),
  to: z.coerce.number().int().min(0).optional().describe('Last step'),
  max_points: z.coerce
    .number()
    .int()
    .min(8)
    .max(100_000)
    .default(1000)
    .describe('Longer series are thinned; extremes and points with an alert are always kept'),
});
export const samplesQuery = z.strictObject({
  task: z.string().max(300),
  changed_against: z.string().max(300).optional().describe('Only docs whose values differ from this checkpoint'),
  limit: limit.default(100),
  after: after.optional(),
});
export const alertsQuery = pageQuery.extend({ state: alertState.optional(), run: z.string().max(300).optional() });
export const eventsQuery = z.strictObject({
  run: z.string().max(300).optional(),
  since: z.coerce.number().int().min(0).optional().describe('Event id to go on after; as the header Last-Event-ID'),
});

const answered = z.strictObject({ note: z.string().max(2000).optional(), by: z.string().max(100).optional() });
export const answerBody = answered.default({});
export const silenceBody = answered
  .extend({
    until: z.iso
      .datetime({ offset: true })
      .optional()
      .describe(
        'When the silence ends and the alert fires again if it is still there; left out it lasts until it is resolved',
      ),
  })
  .default({});
export const watchCloserBody = z.strictObject({
  capabilities: z
    .array(z.string().min(1).max(200))
    .max(200)
    .default([])
    .describe('Nodes of the capability tree, with all below them; empty is everything'),
  checkpoints: z
    .int()
    .min(0)
    .max(10_000)
    .default(10)
    .describe('For so many checkpoints from the next one on; 0 ends it'),
  reason: z.string().max(2000).optional(),
  by: z.string().max(100).optional(),
});
export const notifyBody = z.strictObject({
  path: z.string().min(1).max(4096).describe('Directory of the checkpoint or the run'),
  step: step.optional(),
});
