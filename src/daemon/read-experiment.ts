/** Runs side by side: each against the first, on a capability or a task that all of them measure. */
import { nameOf, WHOLE } from '../domain/capability.ts';
import { LibraError } from '../domain/errors.ts';
import type { CheckpointOutcomes } from '../domain/trend.ts';
import type { Store } from '../store/open-store.ts';
import type { StoredRun } from '../store/runs.ts';
import { type Arm, type ArmsCompared, compareArms, type Reached, reachLevel } from '../trend/experiment.ts';
import { learnJitter } from '../trend/jitter.ts';
import { type MeasuredSeries, unitOf } from '../trend/measured-series.ts';
import { readHistory } from '../trend/read-history.ts';
import { findRun } from './find-run.ts';
import { factsOfRun } from './imported-facts.ts';

export interface ExperimentQuery {
  /** The first is what the others are held against. */
  readonly runs: readonly string[];
  readonly capability?: string | undefined;
  readonly task?: string | undefined;
}

export interface ComparedRun {
  readonly run: string;
  readonly name: string;
  readonly checkpoints: number;
  readonly newest: number;
  readonly value: number;
  /** Null for the first run, and where the two have no stretch in common. */
  readonly against: ArmsCompared | null;
  /** Where it reaches the level that the first run ends with. */
  readonly reaches: Reached;
}

export interface Experiment {
  readonly name: { readonly en: string; readonly zh: string };
  readonly capability: string | null;
  readonly task: string | null;
  readonly metric: string;
  readonly isProportion: boolean;
  readonly axis: 'tokens' | 'step';
  /** Score of the first run's newest checkpoint. */
  readonly level: number;
  readonly runs: readonly ComparedRun[];
}

/** Of a longer run as many, evenly: their covariance is known pair by pair. */
const MOST_CHECKPOINTS = 40;

interface Measured {
  readonly run: StoredRun;
  readonly checkpoints: readonly (CheckpointOutcomes & { readonly tokens: number | null })[];
}

/** @throws LIBRA_RUN_UNKNOWN, LIBRA_USAGE, LIBRA_NOT_FOUND */
export function readExperiment(store: Store, { runs, capability, task }: ExperimentQuery): Experiment {
  if (runs.length < 2)
    throw new LibraError('LIBRA_USAGE', 'Two runs at least are needed.', { hint: 'Name the other with --against.' });
  const measured = runs.map((name) => measuredRun(store, findRun(store, name)));
  const axis = measured.every(({ checkpoints }) => checkpoints.every(({ tokens }) => tokens !== null))
    ? 'tokens'
    : 'step';
  const [first, ...others] = measured as [Measured, ...Measured[]];
  const pairs = others.map((other) =>
    pairOf(store, first, other, {
      capability: task === undefined ? (capability ?? WHOLE) : null,
      task: task ?? null,
      axis,
    }),
  );
  const [{ series, a }] = pairs as [(typeof pairs)[number]];
  const level = series.mean(a.positions.at(-1)!);
  return {
    name:
      series.key.capability === null ? { en: series.key.task!, zh: series.key.task! } : nameOf(series.key.capability),
    capability: series.key.capability,
    task: series.key.task,
    metric: series.key.metric,
    isProportion: series.noise.kind === 'proportion',
    axis,
    level,
    runs: [
      comparedRun(first, series, a, null, level),
      ...pairs.map((pair, i) =>
        comparedRun(others[i]!, pair.series, pair.b, compareArms(pair.series, pair.a, pair.b), level),
      ),
    ],
  };
}

function measuredRun(store: Store, run: StoredRun): Measured {
  const all = store.checkpoints.ofRun(run.id).filter(({ state }) => state === 'evaluated');
  // Of a step that was written again the newest counts.
  const evaluated = all.filter(({ step }, i) => all[i + 1]?.step !== step);
  const stride = Math.max(1, Math.ceil(evaluated.length / MOST_CHECKPOINTS));
  const kept = evaluated.filter((_, i) => (evaluated.length - 1 - i) % stride === 0);
  if (kept.length < 2) {
    throw new LibraError(
      'LIBRA_NOT_FOUND',
      `${run.name} has ${kept.length} evaluated checkpoints: a curve needs two.`,
      {
        hint: 'Wait for the next, or compare single checkpoints with `libra compare`.',
      },
    );
  }
  return {
    run,
    checkpoints: kept.map(({ id, step, tokens }) => ({
      checkpoint: id,
      step,
      tokens,
      outcomes: store.scores.outcomesOf(id),
    })),
  };
}

interface Wanted {
  readonly capability: string | null;
  readonly task: string | null;
  readonly axis: 'tokens' | 'step';
}

/** One frame for both, so that the docs they share pair them. */
function pairOf(store: Store, first: Measured, other: Measured, { capability, task, axis }: Wanted) {
  const frame = [...first.checkpoints, ...other.checkpoints];
  const newest = store.checkpoints.require(other.checkpoints.at(-1)!.checkpoint);
  const { series } = readHistory(frame, factsOfRun(store, newest, {}).summaries);
  const found = series.find(({ key }) => key.capability === capability && (task === null || key.task === task));
  const border = first.checkpoints.length;
  const armOf = (isMine: (position: number) => boolean): Arm => {
    const positions = found!.positions.filter(isMine);
    const jitter = learnJitter(series, (one) => one.positions.filter(isMine)).get(found!)!.variance;
    const unit = unitOf(found!, positions.length === 0 ? 0.5 : found!.mean(positions.at(-1)!));
    const xs = positions.map((position) => (axis === 'tokens' ? frame[position]!.tokens! : frame[position]!.step));
    return { positions, xs, jitter: jitter * unit ** 2 };
  };
  const arms = found && { a: armOf((t) => t < border), b: armOf((t) => t >= border) };
  if (!found || !arms || arms.a.positions.length < 2 || arms.b.positions.length < 2) {
    const what = capability ?? task;
    throw new LibraError(
      'LIBRA_NOT_FOUND',
      `${first.run.name} and ${other.run.name} have no curve of ${what} in common.`,
      {
        hint: 'Both must have measured the same tasks in the same version; name a task of both with --task.',
      },
    );
  }
  return { series: found, ...arms };
}

function comparedRun(
  { run, checkpoints }: Measured,
  series: MeasuredSeries,
  arm: Arm,
  against: ArmsCompared | null,
  level: number,
): ComparedRun {
  return {
    run: run.id,
    name: run.name,
    checkpoints: checkpoints.length,
    newest: arm.xs.at(-1)!,
    value: series.mean(arm.positions.at(-1)!),
    against,
    reaches: reachLevel(series, arm, level),
  };
}
