/** From what is stored to what is sent: snake_case names, RFC 3339 times, null for numbers that are not finite. */
import type { z } from 'zod';
import { scoreInterval } from '../daemon/score-interval.ts';
import { nameOf } from '../domain/capability.ts';
import type { CheckpointTransition } from '../domain/checkpoint.ts';
import type { Evaluation } from '../domain/evaluation.ts';
import { expectedSecondsOf, type Plan } from '../domain/plan.ts';
import type { Provenance } from '../domain/provenance.ts';
import type { Answer, Sample } from '../domain/sample.ts';
import type { CapabilityScore, Score } from '../domain/score.ts';
import type { AlertTransition, StoredAlert } from '../store/alerts.ts';
import type { StoredCheckpoint } from '../store/checkpoints.ts';
import { rfc3339 } from '../system/clock.ts';
import type {
  AlertReply,
  CheckpointReply,
  EvaluationReply,
  explainReply,
  PlanReply,
  provenanceReply,
  SampleReply,
  ScoreReply,
} from './contract.ts';
import { messageIn } from './message-in.ts';

const time = (at: number | null): string | null => (at === null ? null : rfc3339(at));
const finite = (value: number | null): number | null => (value !== null && Number.isFinite(value) ? value : null);
const finitePair = ([low, high]: readonly [number, number]): [number | null, number | null] => [
  finite(low),
  finite(high),
];
const finiteRecord = (values: Readonly<Record<string, number>>): Record<string, number | null> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, finite(value)]));

export function presentEvaluation(evaluation: Evaluation): EvaluationReply {
  const { id, plan, state, engine, attempts, error } = evaluation;
  return {
    id,
    plan,
    state,
    engine: engine === null ? null : engine.engine,
    started_at: time(evaluation.startedAt),
    finished_at: time(evaluation.finishedAt),
    seconds: finite(evaluation.seconds),
    attempts,
    error,
  };
}

export function presentCheckpoint(checkpoint: StoredCheckpoint, newest: Evaluation | undefined): CheckpointReply {
  const { id, run, step, tokens, path, format, state, reason, fingerprint, bytes } = checkpoint;
  return {
    id,
    run,
    step,
    tokens,
    path,
    format,
    state,
    reason,
    fingerprint,
    bytes,
    found_at: rfc3339(checkpoint.foundAt),
    state_at: rfc3339(checkpoint.stateAt),
    evaluation: newest === undefined ? null : presentEvaluation(newest),
  };
}

export function presentTransition({ from, to, reason, at }: CheckpointTransition) {
  return { from, to, reason, at: rfc3339(at) };
}

export function presentScore(score: Score): ScoreReply {
  return {
    capability: null,
    task: score.task,
    metric: score.metric,
    value: finite(score.value),
    stderr: finite(score.stderr),
    n: score.n,
    ci95: finitePair(scoreInterval(score.value, score.stderr, score.n)),
    failed: score.failed,
    higher_is_better: score.higherIsBetter,
    family: score.family ?? 'accuracy',
    unit: score.unit ?? '',
    attached: score.isAttached ?? false,
    reason: score.reason ?? null,
    task_version: score.taskVersion,
    task_hash: score.taskHash,
    tasks: null,
  };
}

export function presentCapabilityScore(score: CapabilityScore, higherIsBetter: boolean): ScoreReply {
  return {
    capability: score.capability,
    task: null,
    metric: 'score',
    value: finite(score.value),
    stderr: finite(score.stderr),
    n: score.n,
    ci95: finitePair(scoreInterval(score.value, score.stderr, score.n)),
    failed: null,
    higher_is_better: higherIsBetter,
    family: 'accuracy',
    unit: '',
    attached: false,
    reason: null,
    task_version: null,
    task_hash: null,
    tasks: score.members.map((member) => member.name),
  };
}

function presentAnswer(answer: Answer | null): SampleReply['answer'] {
  if (answer === null) return null;
  switch (answer.kind) {
    case 'choice':
      return { kind: 'choice', logprobs: answer.logprobs.map(finite), is_greedy: [...answer.isGreedy] };
    case 'loglikelihood':
      return { kind: 'loglikelihood', logprob: finite(answer.logprob), is_greedy: answer.isGreedy };
    case 'rolling':
      return { kind: 'rolling', logprob: finite(answer.logprob), tokens: answer.tokens };
    case 'text':
      return { kind: 'text', text: answer.text, tokens: answer.tokens };
  }
}

export function presentSample(sample: Sample, before: Sample | undefined): SampleReply {
  return {
    index: sample.index,
    doc_id: sample.docId,
    answer: presentAnswer(sample.answer),
    error: sample.error,
    values: finiteRecord(sample.values),
    before: before === undefined ? null : { answer: presentAnswer(before.answer), values: finiteRecord(before.values) },
  };
}

/** @param costs seconds that each slice took */
export function presentPlan(
  plan: Plan,
  costs: readonly (number | null)[],
  evaluation: Evaluation | undefined,
): PlanReply {
  return {
    id: plan.id,
    checkpoint: plan.checkpoint,
    strategy: plan.strategy,
    slices: plan.slices.map((slice, place) => ({
      task: slice.task,
      task_hash: slice.taskHash,
      capabilities: [...slice.capabilities],
      from: slice.from,
      docs: slice.docs,
      chosen: slice.chosen === null ? null : [...slice.chosen],
      reason: slice.reason,
      could_change: slice.couldChange,
      expected_seconds: finite(slice.expectedSeconds),
      seconds: finite(costs[place] ?? null),
    })),
    left_out: plan.leftOut.map(({ task, docs, reason, expectedSeconds }) => ({
      task,
      docs,
      reason,
      expected_seconds: finite(expectedSeconds),
    })),
    cost: {
      expected_seconds: finite(expectedSecondsOf(plan.slices)),
      seconds: finite(evaluation?.seconds ?? null),
    },
  };
}

export function presentAlert(alert: StoredAlert): AlertReply {
  const { id, run, kind, severity, state, checkpoint, step, title, summary, telemetry } = alert;
  const mix = (shares: Readonly<Record<string, number>> | null) => (shares === null ? null : finiteRecord(shares));
  return {
    id,
    run,
    kind,
    severity,
    state,
    checkpoint,
    step,
    since_step: alert.sinceStep,
    title,
    title_zh: messageIn('zh', alert).title,
    summary,
    summary_zh: alert.summaryZh ?? null,
    members: alert.members.map((member) => ({
      capability: member.capability,
      metric: member.metric,
      tasks: [...member.tasks],
      from: finite(member.from),
      to: finite(member.to),
      difference: finite(member.difference),
      ci95: finitePair(member.ci95),
      n: member.n,
      z: finite(member.z),
      reference_checkpoints: [...member.referenceCheckpoints],
      reference_steps: [...member.referenceSteps],
      fired_at_step: member.firedAtStep,
      change_between: [...member.changeBetween],
      level_since_step: member.levelSinceStep,
    })),
    examples: alert.examples.map(({ task, docId, question, expected, before, after }) => ({
      task,
      doc_id: docId,
      question,
      expected,
      before,
      after,
    })),
    telemetry: telemetry && {
      loss_before: finite(telemetry.lossBefore),
      loss_after: finite(telemetry.lossAfter),
      learning_rate_before: finite(telemetry.learningRateBefore),
      learning_rate_after: finite(telemetry.learningRateAfter),
      grad_norm_before: finite(telemetry.gradNormBefore),
      grad_norm_after: finite(telemetry.gradNormAfter),
      data_mix_before: mix(telemetry.dataMixBefore),
      data_mix_after: mix(telemetry.dataMixAfter),
      spikes: {
        loss: telemetry.spikes.loss,
        grad_norm: telemetry.spikes.gradNorm,
        learning_rate: telemetry.spikes.learningRate,
      },
      data_mix_changed_at: telemetry.dataMixChangedAt,
      curves: {
        loss: [...(telemetry.curves?.loss ?? [])],
        learning_rate: [...(telemetry.curves?.learningRate ?? [])],
        grad_norm: [...(telemetry.curves?.gradNorm ?? [])],
      },
    },
    advice: alert.advice.map(({ action, why, against, confidence, zh = null }) => ({
      action,
      why,
      against,
      confidence,
      zh,
    })),
    last_good_checkpoint: alert.lastGoodCheckpoint,
    cost_to_wait:
      alert.costToWait === undefined
        ? null
        : { since_steps: alert.costToWait.sinceSteps, per_checkpoint: { ...alert.costToWait.perCheckpoint } },
    resolved_at_step: alert.resolvedAtStep,
    silenced_until: alert.silencedUntil == null ? null : rfc3339(alert.silencedUntil),
    held: alert.held,
    created_at: rfc3339(alert.createdAt),
    state_at: rfc3339(alert.stateAt),
  };
}

export function presentAlertTransition({ from, to, by, why, at }: AlertTransition) {
  return { from, to, actor: by, why, at: rfc3339(at) };
}

export function presentProvenance(one: Provenance): z.infer<typeof provenanceReply> {
  return {
    task: one.task,
    capabilities: [...one.capabilities],
    primary_metric: one.primaryMetric,
    task_version: one.taskVersion,
    task_hash: one.taskHash,
    prompt_hash: one.promptHash,
    data_hash: one.dataHash,
    file: one.file,
    data_files: [...one.dataFiles],
    docs: { ...one.docs },
    fewshot: { ...one.fewshot },
    filters: Object.fromEntries(Object.entries(one.filters).map(([name, steps]) => [name, [...steps]])),
    chat: one.chat,
    engine: one.engine,
    engine_version: one.engineVersion,
    dtype: one.dtype,
    device: one.device,
    is_verified: one.isVerified,
    fingerprint: one.fingerprint,
    libra_version: one.libraVersion,
    health: one.health === undefined ? null : presentHealth(one.health),
  };
}

function presentHealth({ docs, chance, commonestPlace, choices, copies }: NonNullable<Provenance['health']>) {
  return { docs, chance, commonest_place: commonestPlace, choices, copies };
}

/** How a node's mean is made. */
export function presentExplainedNode(node: CapabilityScore): z.infer<typeof explainReply>['nodes'][number] {
  return {
    capability: node.capability,
    name: { zh: nameOf(node.capability).zh, en: nameOf(node.capability).en },
    value: finite(node.value),
    stderr: finite(node.stderr),
    n: node.n,
    segment: node.segment,
    members: node.members.map(({ name, metric, value, stderr, n, weight }) => ({
      task: name,
      metric,
      value: finite(value),
      stderr: finite(stderr ?? null),
      n: n ?? 0,
      weight,
    })),
    missing: node.missing.map(({ name, reason }) => ({ task: name, reason })),
  };
}
