import { describe, expect, test } from 'vitest';
import { judgeCheckpoint } from '../../src/trend/judge.ts';
import { PLAIN_WORLD, worldCheckpoints, worldTasks } from '../fakes/worlds.ts';

/** Rises by 2 points a checkpoint up to the 8th, then falls back by one each. */
const world = {
  ...PLAIN_WORLD,
  capabilities: 6,
  docs: 400,
  checkpoints: 14,
  accuracy: (_: number, t: number) => 0.5 + 0.02 * Math.min(t, 8) - 0.01 * Math.max(0, t - 8),
};
const tasks = worldTasks(world);
const past = [...worldCheckpoints(world)];
const base = { ...past[0]!, checkpoint: 'base', step: 0 };

describe('beside its recent reference', () => {
  const verdicts = judgeCheckpoint({ history: past, tasks, openMembers: [], base }).verdicts;
  const whole = verdicts.find(({ series }) => series.capability === '*')!;
  const to = (name: string) => whole.besides!.find((each) => each.to === name)!;

  test('a verdict shows the checkpoint before, the best stretch and the base model, each with its interval', () => {
    expect(whole.besides!.map((each) => each.to)).toEqual(['previous', 'best', 'base']);
    expect(to('previous').steps).toEqual([past.at(-2)!.step]);
    expect(to('best').steps).toHaveLength(5);
    expect(to('best').steps).toContain(past[8]!.step);
    expect(to('base').difference).toBeGreaterThan(0.08);
    for (const { ci95, difference, n } of whole.besides!) {
      expect(ci95[0]).toBeLessThan(difference);
      expect(ci95[1]).toBeGreaterThan(difference);
      expect(n).toBe(2400);
    }
  });

  test('they decide nothing: without a base model the verdicts are the same', () => {
    const without = judgeCheckpoint({ history: past, tasks, openMembers: [] }).verdicts;
    const decided = (all: typeof verdicts) => all.map(({ besides: _, ...verdict }) => verdict);
    expect(decided(without)).toEqual(decided(verdicts));
    expect(without[0]!.besides!.map((each) => each.to)).toEqual(['previous', 'best']);
  });

  test('of a first checkpoint there is nothing to show', () => {
    const first = judgeCheckpoint({ history: past.slice(0, 1), tasks, openMembers: [] }).verdicts;
    expect(first.every(({ besides }) => besides?.length === 0)).toBe(true);
  });
});
