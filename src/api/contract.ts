/**
 * What goes over the wire: the schema of every request and reply, from which validation, types and the OpenAPI document are made.
 * Names are snake_case, times RFC 3339 in UTC; a number that is not finite is null.
 */
import { z } from 'zod';
import { CHECKPOINT_STATES } from '../domain/checkpoint.ts';
import { EVENT_NAMES } from '../domain/event.ts';
import { MODEL_TYPES } from '../domain/model-type.ts';
import { METRIC_FAMILIES } from '../domain/task.ts';
import { at, figure, interval, mix, pageOf, step, tokens } from './contract-values.ts';

export * from './contract-alerts.ts';
export * from './contract-comparisons.ts';
export * from './contract-requests.ts';
export * from './contract-tracing.ts';
export * from './contract-verdicts.ts';

export const evaluationReply = z
  .object({
    id: z.string(),
    plan: z.string(),
    state: z.enum(['planned', 'running', 'finished', 'failed']),
    engine: z.string().nullable(),
    started_at: at.nullable(),
    finished_at: at.nullable(),
    seconds: figure,
    attempts: z.int(),
    error: z.string().nullable(),
  })
  .meta({ id: 'Evaluation' });

export const checkpointReply = z
  .object({
    id: z.string(),
    run: z.string(),
    step,
    tokens,
    path: z.string(),
    format: z.string(),
    state: z.enum(CHECKPOINT_STATES),
    reason: z.string().nullable(),
    fingerprint: z.string().nullable(),
    bytes: z.number().nullable(),
    found_at: at,
    state_at: at,
    evaluation: evaluationReply.nullable().describe('The newest one'),
  })
  .meta({ id: 'Checkpoint' });

export const checkpointDetailReply = checkpointReply
  .extend({
    history: z.array(z.object({ from: z.string().nullable(), to: z.string(), reason: z.string().nullable(), at })),
  })
  .meta({ id: 'CheckpointDetail' });

const watchingCloserReply = z.object({
  capabilities: z.array(z.string()).describe('Empty is everything'),
  checkpoints_left: z.int(),
  reason: z.string().nullable(),
  by: z.string(),
  at,
});

export const runReply = z
  .object({
    id: z.string(),
    name: z.string(),
    path: z.string(),
    state: z.enum(['active', 'stalled', 'finished']),
    max_steps: z.number().nullable(),
    found_at: at,
    checkpoints: z.int().describe('All of them, whatever their state'),
    evaluated: z.int(),
    open_alerts: z.int(),
    model: z
      .object({
        type: z.enum(MODEL_TYPES),
        is_adapter: z.boolean(),
        has_chat_template: z.boolean(),
        evidence: z.array(z.string()).describe('What speaks for the type, most weighty first'),
        base: z.string().nullable().describe('What it started from, as the team or its files say'),
        base_run: z.string().nullable().describe("The run that holds the base model's one checkpoint"),
      })
      .nullable()
      .describe('Recognised from its first checkpoint that is evaluated; null before'),
    latest_checkpoint: checkpointReply.nullable(),
    resumed_from: z
      .object({ run: z.string(), step, why: z.string() })
      .nullable()
      .describe('Run whose checkpoints up to that step are its history too'),
    watching_closer: watchingCloserReply
      .nullable()
      .describe('What the team wants watched more closely; null when nothing is'),
  })
  .meta({ id: 'Run' });

export const scoreReply = z
  .object({
    capability: z.string().nullable().describe('Node of the capability tree, `*` is the whole; null for a task'),
    task: z.string().nullable(),
    metric: z.string(),
    value: figure,
    stderr: figure,
    n: z.int(),
    ci95: interval,
    failed: z.int().nullable().describe('Docs planned but without an answer; null for a capability'),
    higher_is_better: z.boolean(),
    family: z.enum(METRIC_FAMILIES),
    unit: z.string().describe('Empty when the metric has none'),
    attached: z.boolean().describe('Measured of every task of its kind, without the task file naming it'),
    reason: z.string().nullable().describe('Why the value is not defined; null where it is'),
    task_version: z.string().nullable(),
    task_hash: z.string().nullable(),
    tasks: z.array(z.string()).nullable().describe('What a capability is the mean of; null for a task'),
  })
  .meta({ id: 'Score' });

export const scoresReply = z.object({ checkpoint: z.string(), scores: z.array(scoreReply) }).meta({ id: 'Scores' });

const answerReply = z.union([
  z.object({ kind: z.literal('choice'), logprobs: z.array(figure), is_greedy: z.array(z.boolean()) }),
  z.object({ kind: z.literal('loglikelihood'), logprob: figure, is_greedy: z.boolean() }),
  z.object({ kind: z.literal('rolling'), logprob: figure, tokens: z.int() }),
  z.object({ kind: z.literal('text'), text: z.string(), tokens: z.int() }),
]);

export const sampleReply = z
  .object({
    index: z.int().describe("Position in the task's fixed doc order"),
    doc_id: z.string(),
    answer: answerReply.nullable(),
    error: z.string().nullable(),
    values: z.record(z.string(), figure),
    before: z
      .object({ answer: answerReply.nullable(), values: z.record(z.string(), figure) })
      .nullable()
      .describe('The same doc at the checkpoint of `changed_against`; null when that was not asked'),
  })
  .meta({ id: 'Sample' });

const verdictKind = z.enum(['better', 'same', 'suspected', 'worse', 'unknown']);

export const trendPointReply = z.object({
  checkpoint: z.string(),
  step,
  tokens,
  at,
  value: figure,
  stderr: figure,
  n: z.int(),
  ci95: interval,
  verdict: verdictKind.nullable().describe('null while none was reached'),
  segment: z.string().nullable().describe('Points of different segments were scored differently: not comparable'),
});

export const trendsReply = z
  .object({
    run: z.string(),
    series: z.array(
      z.object({
        capability: z.string().nullable(),
        task: z.string().nullable(),
        name: z.object({ zh: z.string(), en: z.string() }),
        metric: z.string(),
        family: z.enum(METRIC_FAMILIES),
        higher_is_better: z.boolean(),
        unit: z.string().describe('`proportion` is shown as per cent; empty when the metric has none'),
        points: z.array(trendPointReply),
      }),
    ),
    telemetry: z.array(
      z.object({
        step,
        tokens,
        loss: figure,
        learning_rate: figure,
        grad_norm: figure,
        data_mix: mix,
        non_finite: z.array(z.string()).describe('Values that were NaN or infinite, and so are null here'),
      }),
    ),
    alerts: z.array(
      z.object({
        id: z.string(),
        kind: z.string(),
        state: z.string(),
        severity: z.string(),
        title: z.string(),
        step: step.nullable(),
        since_step: step.nullable(),
        capabilities: z.array(z.string()),
      }),
    ),
    interventions: z
      .array(z.object({ step, note: z.string(), by: z.string(), at }))
      .describe('What the team changed, and after which step'),
    engine_changes: z
      .array(
        z.object({
          from: z.string(),
          to: z.string(),
          steps: z.array(step),
          shifts: z.array(
            z.object({
              capability: z.string().nullable(),
              task: z.string().nullable(),
              metric: z.string(),
              difference: figure,
              ci95: interval,
              n: z.int(),
            }),
          ),
        }),
      )
      .describe(
        'Where another kind of engine took over: the steps both measured, and what the change of engine alone did',
      ),
  })
  .meta({ id: 'Trends' });

export const planReply = z
  .object({
    id: z.string(),
    checkpoint: z.string(),
    strategy: z.string(),
    slices: z.array(
      z.object({
        task: z.string(),
        task_hash: z.string(),
        capabilities: z.array(z.string()),
        from: z.int().describe('First doc of the fixed order that it asks'),
        docs: z.int().describe('Docs [from, docs) of the fixed order'),
        chosen: z
          .array(z.int())
          .nullable()
          .describe('Indexes of further docs, picked for what they tell of this checkpoint'),
        reason: z.string(),
        could_change: z.string().describe('Which verdict or decision its answers could change'),
        expected_seconds: figure,
        seconds: figure.describe('What asking it took, over all attempts'),
      }),
    ),
    left_out: z.array(z.object({ task: z.string(), docs: z.int(), reason: z.string(), expected_seconds: figure })),
    cost: z.object({ expected_seconds: figure, seconds: figure }).describe('What it was thought to take, and took'),
  })
  .meta({ id: 'Plan' });

export const eventReply = z
  .looseObject({
    event: z.enum(EVENT_NAMES),
    at,
    run: z.string().optional(),
    checkpoint: z.string().optional(),
    step: step.optional(),
  })
  .meta({ id: 'Event' });

export const problemReply = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().describe('What happened'),
    hint: z.string().describe('What to do'),
    code: z.string(),
    errors: z.array(z.object({ at: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457' });

export const healthReply = z.object({ status: z.literal('ok'), version: z.string() }).meta({ id: 'Health' });

export const runPage = pageOf(runReply).meta({ id: 'RunPage' });
export const checkpointPage = pageOf(checkpointReply).meta({ id: 'CheckpointPage' });
export const samplePage = pageOf(sampleReply).meta({ id: 'SamplePage' });

export const notifyReply = z.object({ status: z.literal('noted') }).meta({ id: 'Noted' });

export type RunReply = z.infer<typeof runReply>;
export type CheckpointReply = z.infer<typeof checkpointReply>;
export type CheckpointDetailReply = z.infer<typeof checkpointDetailReply>;
export type EvaluationReply = z.infer<typeof evaluationReply>;
export type ScoreReply = z.infer<typeof scoreReply>;
export type SampleReply = z.infer<typeof sampleReply>;
export type TrendsReply = z.infer<typeof trendsReply>;
export type PlanReply = z.infer<typeof planReply>;
export type ProblemReply = z.infer<typeof problemReply>;
