/** The contract of alerts: the message, its evidence and its history. */
import { z } from 'zod';
import { at, figure, interval, mix, pageOf, step } from './contract-values.ts';

export const alertState = z.enum(['pending', 'firing', 'acknowledged', 'silenced', 'resolved']);

export const alertReply = z
  .object({
    id: z.string(),
    run: z.string(),
    kind: z.string(),
    severity: z.enum(['info', 'warning', 'critical']),
    state: alertState,
    checkpoint: z.string().nullable(),
    step: step.nullable(),
    since_step: step.nullable().describe('Last step known good: the change began after it'),
    title: z.string(),
    title_zh: z.string(),
    summary: z.string(),
    summary_zh: z.string().nullable().describe('The same in Chinese; null for regressions'),
    members: z.array(
      z.object({
        capability: z.string(),
        metric: z.string().describe('`score` is a proportion'),
        tasks: z.array(z.string()),
        from: figure,
        to: figure,
        difference: figure,
        ci95: interval,
        n: z.int(),
        z: figure,
        reference_checkpoints: z.array(z.string()),
        reference_steps: z.array(step),
        fired_at_step: step,
        change_between: z.tuple([step, step]),
        level_since_step: step,
      }),
    ),
    examples: z.array(
      z.object({
        task: z.string(),
        doc_id: z.string(),
        question: z.string(),
        expected: z.string(),
        before: z.string(),
        after: z.string(),
      }),
    ),
    telemetry: z
      .object({
        loss_before: figure,
        loss_after: figure,
        learning_rate_before: figure,
        learning_rate_after: figure,
        grad_norm_before: figure,
        grad_norm_after: figure,
        data_mix_before: mix,
        data_mix_after: mix,
        spikes: z
          .object({ loss: step.nullable(), grad_norm: step.nullable(), learning_rate: step.nullable() })
          .describe('First step of a spike or jump'),
        data_mix_changed_at: step.nullable(),
        curves: z
          .object({ loss: z.array(z.number()), learning_rate: z.array(z.number()), grad_norm: z.array(z.number()) })
          .describe('Logged values from well before the change to the alert, thinned'),
      })
      .nullable(),
    advice: z.array(
      z.object({
        action: z.string(),
        why: z.string(),
        against: z.string(),
        confidence: z.enum(['low', 'medium', 'high']),
        zh: z.object({ action: z.string(), why: z.string(), against: z.string() }).nullable(),
      }),
    ),
    last_good_checkpoint: z.string().nullable().describe('Path to roll back to'),
    cost_to_wait: z
      .object({
        since_steps: z.int(),
        per_checkpoint: z.object({ steps: z.int(), ms: figure, tokens: figure }),
      })
      .nullable()
      .describe('Trained since the drop began, and what each further checkpoint adds'),
    resolved_at_step: step.nullable(),
    silenced_until: at.nullable().describe('null where a silence lasts until the alert is resolved'),
    held: z
      .object({
        by: z.enum(['maintenance', 'inhibited', 'flapping']),
        cause: z.string().nullable().describe('The alert it follows from'),
      })
      .nullable()
      .describe('Why it is kept and not sent now; null for one that is sent'),
    created_at: at,
    state_at: at,
  })
  .meta({ id: 'Alert' });

const messageText = z.object({
  title: z.string(),
  lead: z.string(),
  sections: z.array(z.object({ heading: z.string(), lines: z.array(z.string()) })),
});

export const alertDetailReply = alertReply
  .extend({
    message: z.object({ en: messageText, zh: messageText }).describe('What is sent of it, with the docs in full'),
    history: z.array(
      z.object({ from: z.string().nullable(), to: z.string(), actor: z.string(), why: z.string().nullable(), at }),
    ),
    deliveries: z
      .array(
        z.object({
          channel: z.string(),
          event: z.string(),
          state: z.enum(['pending', 'sent', 'dead']),
          attempts: z.int().describe('That failed'),
          last_error: z.string().nullable(),
          is_held_back: z.boolean().describe('By the rate limit, until there is room for one message of all'),
          folded_into: z.string().nullable().describe('Key of the message that it was summed up in'),
          next_at: at.nullable().describe('Of the next attempt; null when it is over'),
        }),
      )
      .describe('Messages about it, oldest first; `dead` were given up'),
  })
  .meta({ id: 'AlertDetail' });

export const alertPage = pageOf(alertReply).meta({ id: 'AlertPage' });

export type AlertReply = z.infer<typeof alertReply>;
export type AlertDetailReply = z.infer<typeof alertDetailReply>;
