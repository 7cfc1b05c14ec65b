/**
 * What a task cost: throughput, latency, lengths, memory, energy. Read off the timings of answers that were asked for now; what was
 * known from before took no time and does not count. Never part of a verdict: they say as much about the machine as about the model. Pure.
 */
import type { EngineFigures, Figure } from '../../domain/engine-figures.ts';
import type { Sample, SampleTiming } from '../../domain/sample.ts';
import type { Score } from '../../domain/score.ts';
import type { Task } from '../task.ts';
import type { AnsweredSlice } from './aggregate.ts';
import { quantile, quantileStderr, stderrOfMean } from './quantile.ts';

interface Row {
  readonly metric: string;
  readonly unit: string;
  readonly higherIsBetter?: boolean;
  readonly value: number;
  readonly stderr?: number;
  readonly n: number;
  readonly reason?: string | null;
}

const QUANTILES = [0.5, 0.9, 0.99] as const;

const NOT_ASKED = 'every answer was known from before';
const NOT_TOLD = 'the engine does not tell';

export function efficiencyScores({ task, samples, docs, engine }: AnsweredSlice): Score[] {
  const answered = samples.filter(({ answer }) => answer !== null);
  const timings = answered.flatMap(({ timing }) => timing ?? []);
  const failed = docs - answered.length;
  const rows = [
    ...(timings.length > 0 || engine !== undefined ? speedRows(timings) : []),
    ...promptRows(timings),
    ...outputRows(task, answered),
    ...(engine === undefined ? [] : engineRows(engine, timings.length)),
  ];
  return rows.map(({ metric, unit, higherIsBetter = false, value, stderr = Number.NaN, n, reason = null }) => ({
    task: task.summary.name,
    metric,
    value,
    stderr,
    n,
    failed,
    higherIsBetter,
    taskVersion: task.summary.version,
    taskHash: task.summary.hash,
    family: 'efficiency',
    unit,
    isAttached: true,
    reason,
  }));
}

function speedRows(timings: readonly SampleTiming[]): Row[] {
  const n = timings.length;
  const reason = n === 0 ? NOT_ASKED : null;
  const seconds = sorted(timings.map((timing) => timing.seconds));
  const first = sorted(timings.flatMap(({ firstTokenSeconds }) => firstTokenSeconds ?? []));
  return [
    { metric: 'tokens_per_second', unit: 'tokens/s', higherIsBetter: true, ...throughput(timings), n, reason },
    ...quantileRows('latency', 'seconds', seconds).map((row) => ({ ...row, reason })),
    {
      metric: 'time_to_first_token',
      unit: 'seconds',
      value: quantile(first, 0.5),
      stderr: quantileStderr(first, 0.5),
      n: first.length,
      reason: first.length > 0 ? null : (reason ?? NOT_TOLD),
    },
  ];
}

/**
 * Tokens scored or generated over the time in which at least one of the task's calls was under way. The error is that of a ratio of
 * sums over calls (Cochran, Sampling Techniques, 6.3): answers of one call are not independent.
 */
export function throughput(timings: readonly SampleTiming[]): { readonly value: number; readonly stderr: number } {
  const calls = new Map<number, { tokens: number; end: number }>();
  for (const { sentAt, seconds, tokens } of timings) {
    const call = calls.get(sentAt) ?? { tokens: 0, end: sentAt };
    call.tokens += tokens;
    call.end = Math.max(call.end, sentAt + seconds * 1000);
    calls.set(sentAt, call);
  }
  let busyUntil = Number.NEGATIVE_INFINITY;
  const parts = [...calls]
    .sort(([a], [b]) => a - b)
    .map(([sentAt, { tokens, end }]) => {
      const busy = Math.max(0, end - Math.max(sentAt, busyUntil)) / 1000;
      busyUntil = Math.max(busyUntil, end);
      return { tokens, busy };
    });
  const busy = parts.reduce((sum, part) => sum + part.busy, 0);
  const value = busy > 0 ? parts.reduce((sum, { tokens }) => sum + tokens, 0) / busy : Number.NaN;
  const k = parts.length;
  const squares = parts.reduce((sum, part) => sum + (part.tokens - value * part.busy) ** 2, 0);
  return { value, stderr: k < 2 ? Number.NaN : Math.sqrt((k / (k - 1)) * squares) / busy };
}

/** Tokens before the answer; the same for every checkpoint of a run unless its tokenizer changes. */
function promptRows(timings: readonly SampleTiming[]): Row[] {
  const lengths = sorted(timings.flatMap(({ promptTokens }) => promptTokens ?? []));
  return lengths.length === 0 ? [] : lengthRows('prompt_tokens', lengths);
}

/** How long the answers are: a drift here is a change of the model, not of the machine, so answers known from before count too. */
function outputRows(task: Task, answered: readonly Sample[]): Row[] {
  const texts = answered.flatMap(({ answer, values }) => (answer?.kind === 'text' ? [{ answer, values }] : []));
  if (texts.length === 0) return [];
  const lengths = texts.map(({ answer }) => answer.tokens);
  const primary = task.measures[0]!;
  const isRightOrWrong = primary.metric.unit === 'proportion' && primary.higherIsBetter;
  const rows = lengthRows('output_tokens', sorted(lengths));
  if (!isRightOrWrong) return rows;
  const right = texts.map(({ values }) => values[primary.id] ?? 0);
  return [...rows, perRightAnswer(lengths, right)];
}

/** Tokens generated over right answers (shares of one count as such); its error is a ratio's. */
function perRightAnswer(tokens: readonly number[], right: readonly number[]): Row {
  const n = tokens.length;
  const found = sum(right);
  const value = found > 0 ? sum(tokens) / found : Number.NaN;
  const squares = sum(tokens.map((own, i) => (own - value * right[i]!) ** 2));
  const stderr = n < 2 ? Number.NaN : Math.sqrt((n / (n - 1)) * squares) / found;
  const reason = found > 0 ? null : 'no answer is right';
  return {
    metric: 'tokens_per_right_answer',
    unit: 'tokens',
    value,
    stderr: found > 0 ? stderr : Number.NaN,
    n,
    reason,
  };
}

/** @param n docs that were asked meanwhile */
function engineRows({ peakMemory, energy, load }: EngineFigures, n: number): Row[] {
  const row = (metric: string, unit: string, figure: Figure): Row =>
    'value' in figure
      ? { metric, unit, value: figure.value, n }
      : { metric, unit, value: Number.NaN, n: 0, reason: figure.reason };
  const perDoc: Figure = 'value' in energy && n > 0 ? { value: energy.value / n } : energy;
  return [
    row('peak_memory', 'bytes', peakMemory),
    row('energy', 'joules', energy),
    row('energy_per_doc', 'joules', 'value' in energy && n === 0 ? { reason: NOT_ASKED } : perDoc),
    row('machine_load', 'per core', load),
  ];
}

function lengthRows(metric: string, lengths: readonly number[]): Row[] {
  const n = lengths.length;
  const mean = { metric, unit: 'tokens', value: sum(lengths) / n, stderr: stderrOfMean(lengths), n };
  return [mean, ...quantileRows(metric, 'tokens', lengths)];
}

function quantileRows(metric: string, unit: string, values: readonly number[]): Row[] {
  return QUANTILES.map((share) => ({
    metric: `${metric}_p${share * 100}`,
    unit,
    value: quantile(values, share),
    stderr: quantileStderr(values, share),
    n: values.length,
  }));
}

function sorted(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
