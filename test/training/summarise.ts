/** The difference that following the advice made at the end of the runs: over docs, and over seeds. Pure. */
import type { Measured, WatchedTraining } from './results.ts';

/** 97.5 % point of Student's t by degrees of freedom; two runs are the fewest that give an interval. */
const T: Readonly<Record<number, number>> = { 1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365 };
const NORMAL = 1.96;

export function summarise(runs: readonly WatchedTraining[]): { overDocs: Measured; overSeeds: Measured } {
  const pairs = runs
    .filter(({ follows }) => follows)
    .map((run) => ({ run, other: runs.find(({ seed, follows }) => seed === run.seed && !follows) }))
    .filter(({ other }) => other !== undefined);
  if (pairs.length === 0) throw new Error('no seed was trained both with and without advice');
  const bySeed = pairs.map(({ run, other }) => differences(run, other!));
  // A doc is asked of every seed: its mean over them is what is independent of other docs.
  const byDoc = bySeed[0]!.map((_, doc) => mean(bySeed.map((of) => of[doc]!)));
  const degrees = bySeed.length - 1;
  return {
    overDocs: measured(byDoc, NORMAL),
    overSeeds: measured(bySeed.map(mean), T[degrees] ?? NORMAL),
  };
}

/** Doc by doc, in the order of the tasks' names. */
function differences(run: WatchedTraining, other: WatchedTraining): number[] {
  return Object.keys(run.atEnd)
    .sort()
    .flatMap((task) => {
      const [one, two] = [run.atEnd[task]!, other.atEnd[task]!];
      if (one.length !== two?.length) throw new Error(`${task}: not the same docs were asked`);
      return [...one].map((right, doc) => Number(right) - Number(two[doc]));
    });
}

function measured(values: readonly number[], times: number): Measured {
  const value = mean(values);
  // One value says nothing of how far others lie: all that a difference of proportions can be.
  if (values.length < 2) return { value: rounded(value), ci95: [-1, 1], n: values.length };
  const variance = values.reduce((sum, each) => sum + (each - value) ** 2, 0) / (values.length - 1);
  const half = times * Math.sqrt(variance / values.length);
  return { value: rounded(value), ci95: [rounded(value - half), rounded(value + half)], n: values.length };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, each) => sum + each, 0) / values.length;
}

const rounded = (value: number): number => Number(value.toFixed(5));
