/** The trends of a run as everybody is shown them: the API, the dashboard and the terminal read this one answer. */
import type { Alert } from '../domain/alert.ts';
import { isProbe, isWithin, nameOf } from '../domain/capability.ts';
import type { Checkpoint, CheckpointState } from '../domain/checkpoint.ts';
import type { CapabilityScore, Score } from '../domain/score.ts';
import type { MetricFamily } from '../domain/task.ts';
import type { TelemetryPoint } from '../domain/telemetry.ts';
import type { VerdictKind } from '../domain/trend.ts';
import type { Store } from '../store/open-store.ts';
import type { Series, SeriesPoint } from '../store/series.ts';
import { rfc3339 } from '../system/clock.ts';
import { findRun } from './find-run.ts';
import { type EngineChange, readBridges } from './read-bridges.ts';
import { scoreInterval } from './score-interval.ts';
import { thinPoints } from './thin-points.ts';

export interface TrendQuery {
  /** A node of the capability tree: its own series only. */
  readonly capability?: string | undefined;
  readonly task?: string | undefined;
  readonly metric?: string | undefined;
  /** Of series of tasks; without a task, a metric or a family, what is attached to every task is left out. */
  readonly family?: MetricFamily | undefined;
  /** Steps, both ends included. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly maxPoints?: number | undefined;
}

/** Numbers that are not finite stand as null. */
export interface TrendPointReply {
  checkpoint: string;
  step: number;
  tokens: number | null;
  at: string;
  value: number | null;
  stderr: number | null;
  n: number;
  ci95: [number | null, number | null];
  verdict: VerdictKind | null;
  segment: string | null;
}

export interface TrendSeriesReply {
  capability: string | null;
  task: string | null;
  name: { zh: string; en: string };
  metric: string;
  family: MetricFamily;
  higher_is_better: boolean;
  unit: string;
  points: TrendPointReply[];
}

export interface TrendReply {
  run: string;
  series: TrendSeriesReply[];
  telemetry: ReturnType<typeof toTelemetryReply>[];
  alerts: ReturnType<typeof toAlertMark>[];
  interventions: { step: number; note: string; by: string; at: string }[];
  engine_changes: EngineChange[];
}

const DEFAULT_MAX_POINTS = 1000;

/** States that leave a visible gap: the checkpoint was there, but was not measured. */
const GAPS: readonly CheckpointState[] = ['evaluated', 'skipped', 'failed', 'vanished'];

/** @throws LIBRA_RUN_UNKNOWN */
export function readTrend(store: Store, runName: string, query: TrendQuery = {}): TrendReply {
  const run = findRun(store, runName).id;
  const { from = 0, to = Number.MAX_SAFE_INTEGER, maxPoints: max = DEFAULT_MAX_POINTS } = query;
  const attached = [query.task, query.metric, query.family].some((one) => one !== undefined);
  const isInRange = (step: number): boolean => step >= from && step <= to;
  const alerts = store.alerts
    .ofRun(run)
    .filter((alert) => alert.state !== 'pending' && (alert.step === null || isInRange(alert.step)))
    .filter((alert) => concerns(alert, query));
  const alertSteps = new Set(alerts.flatMap((alert) => [alert.step, alert.sinceStep]));
  const checkpoints = store.checkpoints.ofRun(run).filter(({ step, state }) => isInRange(step) && GAPS.includes(state));

  const series = store.series
    .ofRun(run, withoutUndefined({ ...query, from, to, attached }))
    .map((one): TrendSeriesReply => {
      const { unit, higherIsBetter } = measureOf(store, one);
      const points = thinPoints(withGaps(one, checkpoints), {
        max,
        curves: [(point) => point.value],
        mustKeep: (point) => alertSteps.has(point.step),
      });
      return {
        capability: one.capability,
        task: one.task,
        name: namesOf(one),
        metric: one.metric,
        family: one.family,
        higher_is_better: higherIsBetter,
        unit,
        points: points.map(toPointReply),
      };
    });

  const interventions = store.interventions
    .ofRun(run)
    .filter(({ step }) => isInRange(step))
    .map(({ step, note, by, at }) => ({ step, note, by, at: rfc3339(at) }));
  const telemetry = thinPoints(store.telemetry.range(run, from, to), {
    max,
    curves: [(point) => point.loss, (point) => point.gradNorm],
    mustKeep: (point) => alertSteps.has(point.step),
  });
  return {
    run,
    series,
    telemetry: telemetry.map(toTelemetryReply),
    alerts: alerts.map(toAlertMark),
    interventions,
    engine_changes: readBridges(store, run),
  };
}

function namesOf({ capability, task }: Series): { zh: string; en: string } {
  const { zh, en } = capability === null ? { zh: task ?? '', en: task ?? '' } : nameOf(capability);
  return { zh, en };
}

/** An alert of the run itself concerns every series; one with members only those it names, their parts and their wholes. */
function concerns(alert: Alert, { capability, task }: TrendQuery): boolean {
  if (alert.members.length === 0 || (capability === undefined && task === undefined)) return true;
  return alert.members.some(
    (member) =>
      (task !== undefined && member.tasks.includes(task)) ||
      (capability !== undefined &&
        (isWithin(member.capability, capability) || isWithin(capability, member.capability))),
  );
}

/** The measured points, and one without a value for each checkpoint that was there but was not measured. */
function withGaps(series: Series, checkpoints: readonly Checkpoint[]): SeriesPoint[] {
  const measured = new Set(series.points.map((point) => point.checkpoint));
  const missing = checkpoints.filter((checkpoint) => !measured.has(checkpoint.id));
  if (missing.length === 0) return [...series.points];
  const gaps = missing.map(
    ({ id, step, tokens, stateAt }): SeriesPoint => ({
      checkpoint: id,
      step,
      tokens,
      at: stateAt,
      value: Number.NaN,
      stderr: Number.NaN,
      n: 0,
      failed: 0,
      segment: null,
      verdict: null,
    }),
  );
  return [...series.points, ...gaps].sort((a, b) => a.step - b.step || compare(a.checkpoint, b.checkpoint));
}

/** Ids of one step are `run-100`, `run-100.2`, ... `run-100.10`. */
const compare = new Intl.Collator('en', { numeric: true }).compare;

function toPointReply(point: SeriesPoint): TrendPointReply {
  const [low, high] = scoreInterval(point.value, point.stderr, point.n);
  return {
    checkpoint: point.checkpoint,
    step: point.step,
    tokens: point.tokens,
    at: rfc3339(point.at),
    value: finite(point.value),
    stderr: finite(point.stderr),
    n: point.n,
    ci95: [finite(low), finite(high)],
    verdict: point.verdict,
    segment: point.segment,
  };
}

const UNITS: Readonly<Record<string, string>> = {
  bits_per_byte: 'bits per byte',
  gold_bits_per_byte: 'bits per byte',
  byte_perplexity: 'perplexity',
  word_perplexity: 'perplexity',
  perplexity: 'perplexity',
};

/** A probe has the unit and the direction of the tasks in it; a node of the tree is a mean of proportions. */
function measureOf(store: Store, series: Series): { readonly unit: string; readonly higherIsBetter: boolean } {
  const newest = series.points.at(-1);
  const node =
    series.capability !== null && isProbe(series.capability) && newest !== undefined
      ? store.scores.capabilitiesOf(newest.checkpoint).find((one) => one.capability === series.capability)
      : undefined;
  const { metric, higherIsBetter } =
    (node && probeMeasure(node, store.scores.ofCheckpoint(newest!.checkpoint))) ?? series;
  if (series.unit !== '') return { unit: series.unit, higherIsBetter };
  const isWithinUnit = series.points.every(({ value }) => !(value < 0 || value > 1));
  // A drop of a proportion is one too, although it may be below 0.
  const isProportion = isWithinUnit || metric.startsWith('robustness.');
  return { unit: UNITS[metric] ?? (isProportion ? 'proportion' : ''), higherIsBetter };
}

/** What a probe measures, by the first task in it; null for a node of the tree. */
export function probeMeasure(
  node: CapabilityScore,
  scores: readonly Score[],
): Pick<Score, 'metric' | 'higherIsBetter'> | null {
  const member = isProbe(node.capability) ? node.members[0] : undefined;
  return scores.find((score) => score.task === member?.name && score.metric === member.metric) ?? null;
}

function toTelemetryReply(point: TelemetryPoint) {
  const { step, tokens, dataMix } = point;
  const figures = { loss: point.loss, learning_rate: point.learningRate, grad_norm: point.gradNorm };
  const nonFinite = Object.entries(figures).flatMap(([name, value]) =>
    value !== null && !Number.isFinite(value) ? [name] : [],
  );
  return {
    step,
    tokens,
    loss: finite(figures.loss),
    learning_rate: finite(figures.learning_rate),
    grad_norm: finite(figures.grad_norm),
    data_mix: dataMix === null ? null : { ...dataMix },
    non_finite: nonFinite,
  };
}

function toAlertMark(alert: Alert) {
  const { id, kind, state, severity, title, step, sinceStep } = alert;
  const capabilities = alert.members.map((member) => member.capability);
  return { id, kind, state, severity, title, step, since_step: sinceStep, capabilities };
}

function finite(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null;
}

function withoutUndefined<T extends object>(value: T): { [Key in keyof T]: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as never;
}
