/** Where scores come from, how means are made of them, and what tuning gave and took. */
import { z } from 'zod';
import { figure, interval, step } from './contract-values.ts';

export const provenanceReply = z
  .object({
    task: z.string(),
    capabilities: z.array(z.string()),
    primary_metric: z.string(),
    task_version: z.string(),
    task_hash: z.string().describe('Of everything that changes what is asked or how it is scored'),
    prompt_hash: z.string(),
    data_hash: z.string(),
    file: z.string(),
    data_files: z.array(z.string()),
    docs: z.object({ asked: z.int(), answered: z.int(), of: z.int() }),
    fewshot: z.object({
      shots: z.int(),
      sampler: z.string(),
      seed: z.int().nullable(),
      split: z.string().nullable(),
    }),
    filters: z.record(z.string(), z.array(z.string())),
    chat: z.string().nullable().describe('How prompts were wrapped for a chat model; null when they were not'),
    engine: z.string(),
    engine_version: z.string(),
    dtype: z.string(),
    device: z.string(),
    is_verified: z.boolean().describe('False when a remote engine could not show that it serves these very weights'),
    fingerprint: z.string(),
    libra_version: z.string(),
    health: z
      .object({
        docs: z.int(),
        chance: figure.describe('What guessing would score'),
        commonest_place: figure.describe('Share of the right answers at the commonest place among the choices'),
        choices: figure,
        copies: z.int().describe('Docs that are near copies of an earlier one'),
      })
      .nullable()
      .describe('What the docs alone say against the benchmark; null where they are not known'),
  })
  .meta({ id: 'Provenance' });

export const explainReply = z
  .object({
    checkpoint: z.string(),
    nodes: z.array(
      z.object({
        capability: z.string(),
        name: z.object({ zh: z.string(), en: z.string() }),
        value: figure.describe('The weighted mean of the members; null where the node is a gap'),
        stderr: figure,
        n: z.int(),
        segment: z.string().describe('Values of different segments are means over different tasks: not comparable'),
        members: z.array(
          z.object({
            task: z.string(),
            metric: z.string(),
            value: figure,
            stderr: figure,
            n: z.int(),
            weight: z.number(),
          }),
        ),
        missing: z.array(z.object({ task: z.string(), reason: z.string() })),
      }),
    ),
    tasks: z.array(provenanceReply),
  })
  .meta({ id: 'Explanation' });

export const alignmentTaxReply = z
  .object({
    run: z.string(),
    model_type: z.string(),
    base: z.object({ run: z.string(), checkpoint: z.string(), path: z.string() }),
    checkpoint: z.string(),
    step,
    rows: z.array(
      z.object({
        capability: z.string().nullable(),
        task: z.string().nullable(),
        name: z.object({ zh: z.string(), en: z.string() }),
        metric: z.string(),
        higher_is_better: z.boolean(),
        base: figure,
        tuned: figure,
        difference: figure.describe('tuned - base over the docs both answered'),
        stderr: figure,
        ci95: interval,
        n: z.int(),
        adjusted_p: figure.describe('Two-sided paired test, adjusted over all nodes or all tasks (Holm)'),
        verdict: z.enum(['raised', 'lowered', 'same', 'unknown']).describe('unknown: not enough evidence'),
        lost: z.int().describe('Docs right before and wrong now'),
        gained: z.int(),
        asked_differently: z.boolean().describe('The tuned model was asked the same docs through its chat template'),
      }),
    ),
    not_comparable: z.array(z.object({ task: z.string(), reason: z.string() })),
  })
  .meta({ id: 'AlignmentTax' });
