/** What a change of the team's did: the checkpoints after it against those just before it, by the comparison verdicts are made with. Pure. */
import { isProbe } from '../domain/capability.ts';
import type { TaskSummary } from '../domain/task.ts';
import type { CheckpointOutcomes, SeriesKey } from '../domain/trend.ts';
import { Z95 } from './distributions.ts';
import { learnJitter, scanJitter } from './jitter.ts';
import type { JudgeOptions } from './judge.ts';
import { readHistory } from './read-history.ts';
import { testWindow } from './scan.ts';

/** How one series moved across it. */
export interface InterventionEffect {
  readonly series: SeriesKey;
  readonly before: number;
  readonly after: number;
  /** after - before, paired over docs, with its 95 % interval (docs and jitter). */
  readonly difference: number;
  readonly ci95: readonly [number, number];
  readonly n: number;
  /** Standard errors for the better (positive) or the worse. */
  readonly z: number;
}

export interface EffectWindows {
  readonly beforeSteps: readonly number[];
  readonly afterSteps: readonly number[];
  /** The clearest first; empty while one side has no checkpoint. */
  readonly effects: readonly InterventionEffect[];
}

export interface EffectInput {
  /** Evaluated checkpoints around it, ascending. */
  readonly history: readonly CheckpointOutcomes[];
  readonly tasks: readonly TaskSummary[];
  readonly options?: JudgeOptions;
  /** Of the intervention: a checkpoint of this very step is before it. */
  readonly step: number;
  /** Before this step training was at another level (a drop that was told, an earlier intervention). */
  readonly levelSince: number;
  /** The next intervention: what comes after it has another cause; null when there is none. */
  readonly until: number | null;
}

/** Checkpoints on either side, as the scan's long reference. */
const WINDOW = 8;

/**
 * Before: the newest 8 checkpoints up to the step, none older than `levelSince` unless there is no other. After: the newest 8 that have the change
 * and no later one.
 */
export function interventionEffect(input: EffectInput): EffectWindows {
  const { history, step, levelSince, until } = input;
  const frame = history.filter((each) => until === null || each.step <= until);
  const placesOf = (wanted: (each: CheckpointOutcomes) => boolean) =>
    frame.flatMap((each, t) => (wanted(each) ? [t] : [])).slice(-WINDOW);
  const level = placesOf((each) => each.step <= step && each.step >= levelSince);
  const before = level.length > 0 ? level : placesOf((each) => each.step <= step).slice(-1);
  const after = placesOf((each) => each.step > step);
  const windows = { beforeSteps: before.map((t) => frame[t]!.step), afterSteps: after.map((t) => frame[t]!.step) };
  if (before.length === 0 || after.length === 0) return { ...windows, effects: [] };
  const { series } = readHistory(frame, input.tasks, input.options?.smallestEffects, input.options?.clusters);
  const jitter = learnJitter(series, (each) => each.positions);
  const labelled = new Set(input.tasks.flatMap(({ name, capabilities }) => (capabilities.length > 0 ? [name] : [])));
  const effects = series.flatMap((each): InterventionEffect[] => {
    const { capability, task } = each.key;
    if (capability === null ? labelled.has(task!) : isProbe(capability)) return [];
    const [own, later] = [before, after].map((side) => side.filter((t) => each.positions.includes(t)));
    if (own!.length === 0 || later!.length === 0) return [];
    const scan = scanJitter(jitter.get(each)!, each.positions.length);
    const { difference, stderr, n, z } = testWindow(each, later!, own!, scan, false);
    const meanOf = (side: readonly number[]) => side.reduce((sum, t) => sum + each.mean(t), 0) / side.length;
    return [
      {
        series: each.key,
        before: meanOf(own!),
        after: meanOf(later!),
        difference,
        ci95: [difference - Z95 * stderr, difference + Z95 * stderr],
        n,
        z: -z,
      },
    ];
  });
  return { ...windows, effects: effects.sort(byEvidence) };
}

/** The clearest first; where a node says the same as the one below it, the one below. */
function byEvidence(a: InterventionEffect, b: InterventionEffect): number {
  const depth = ({ series }: InterventionEffect) => series.capability?.split('.').length ?? 1;
  return Math.abs(b.z) - Math.abs(a.z) || depth(b) - depth(a);
}
