/** What evaluating takes, learned from past evaluations; a task nobody measured yet is held to be like others of its kind. Pure. */
import type { OutputType, TaskSummary } from '../domain/task.ts';
import { medianOf } from './median.ts';

/** A finished evaluation. */
export interface PastCost {
  /** From its start to its scores, the start of the engine included. */
  readonly seconds: number;
  readonly slices: readonly { readonly task: string; readonly docs: number; readonly seconds: number | null }[];
}

export interface Costs {
  /** By task. */
  readonly secondsPerDoc: ReadonlyMap<string, number>;
  /** What an evaluation takes beside asking: starting the engine above all; null while unknown. */
  readonly loadSeconds: number | null;
}

/** A loaded machine or a cold disk spoils one evaluation, not the median of five. */
const REMEMBERED = 5;

/** @param past newest first */
export function learnCosts(past: readonly PastCost[]): Costs {
  const perDoc = new Map<string, number[]>();
  for (const { slices } of past) {
    for (const [task, { docs, seconds }] of sumByTask(slices)) {
      const known = perDoc.get(task) ?? [];
      if (docs > 0 && seconds > 0 && known.length < REMEMBERED) perDoc.set(task, [...known, seconds / docs]);
    }
  }
  const loads = past.slice(0, REMEMBERED).map(({ seconds, slices }) => {
    const asking = slices.reduce((sum, slice) => sum + (slice.seconds ?? 0), 0);
    return Math.max(0, seconds - asking);
  });
  return {
    secondsPerDoc: new Map([...perDoc].map(([task, seconds]) => [task, medianOf(seconds)!])),
    loadSeconds: medianOf(loads),
  };
}

function sumByTask(slices: PastCost['slices']): ReadonlyMap<string, { docs: number; seconds: number }> {
  const sums = new Map<string, { docs: number; seconds: number }>();
  for (const { task, docs, seconds } of slices) {
    if (seconds === null) continue;
    const sum = sums.get(task) ?? { docs: 0, seconds: 0 };
    sums.set(task, { docs: sum.docs + docs, seconds: sum.seconds + seconds });
  }
  return sums;
}

/** How a doc of one kind compares with a doc of another: an answer that is written takes a pass for every token. */
const RELATIVE: Readonly<Record<OutputType, number>> = {
  loglikelihood: 1,
  loglikelihood_rolling: 1,
  multiple_choice: 2,
  generate_until: 20,
};

/** Every task's seconds a doc: learned, or the median of those of its kind, or of all others by how kinds compare; null when nothing was learned. */
export function secondsPerDocOf(tasks: readonly TaskSummary[], costs: Costs): ReadonlyMap<string, number | null> {
  const known = tasks.flatMap(({ name, outputType }) => {
    const seconds = costs.secondsPerDoc.get(name);
    return seconds === undefined ? [] : [{ outputType, seconds }];
  });
  const prior = (kind: OutputType): number | null => {
    const alike = medianOf(known.filter(({ outputType }) => outputType === kind).map(({ seconds }) => seconds));
    if (alike !== null) return alike;
    const unit = medianOf(known.map(({ outputType, seconds }) => seconds / RELATIVE[outputType]));
    return unit === null ? null : unit * RELATIVE[kind];
  };
  return new Map(tasks.map(({ name, outputType }) => [name, costs.secondsPerDoc.get(name) ?? prior(outputType)]));
}
