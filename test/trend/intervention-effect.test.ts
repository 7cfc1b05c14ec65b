import { describe, expect, test } from 'vitest';
import { interventionEffect } from '../../src/trend/intervention-effect.ts';
import { PLAIN_WORLD, type World, worldCheckpoints, worldTasks } from '../fakes/worlds.ts';

const DROP = 12;
const CHANGE = 20;

/** One capability falls by 10 points at the 13th checkpoint; something is changed after the 20th, and 8 of them come back. */
const mended = (seed: number, back = 0.08): World => ({
  ...PLAIN_WORLD,
  seed,
  capabilities: 6,
  checkpoints: 28,
  accuracy: (capability, t) =>
    PLAIN_WORLD.accuracy(capability + 12, 0) -
    (capability === 2 && t >= DROP ? 0.1 : 0) +
    (capability === 2 && t >= CHANGE ? back : 0),
});

function effectIn(world: World, parts: { levelSince?: number; until?: number | null } = {}) {
  const history = [...worldCheckpoints(world)];
  const stepOf = (t: number) => history[t]!.step;
  const windows = interventionEffect({
    history,
    tasks: worldTasks(world),
    step: stepOf(CHANGE - 1),
    levelSince: parts.levelSince ?? stepOf(DROP),
    until: parts.until ?? null,
  });
  return { ...windows, stepOf };
}

describe('the effect of a change', () => {
  test('is the checkpoints after it against those at the level just before it, with an interval, the clearest first', () => {
    const { beforeSteps, afterSteps, effects, stepOf } = effectIn(mended(3));
    expect(beforeSteps[0]).toBe(stepOf(DROP));
    expect(beforeSteps.at(-1)).toBe(stepOf(CHANGE - 1));
    expect(afterSteps).toHaveLength(8);
    const [first] = effects;
    expect(first!.series.capability ?? first!.series.task).toBe('area0.skill2');
    expect(first!.z).toBeGreaterThan(4);
    expect(first!.ci95[0]).toBeGreaterThan(0.03);
    expect(first!.ci95[0]).toBeLessThan(0.08);
    expect(first!.ci95[1]).toBeGreaterThan(0.08);
    expect(effects.every(({ series }) => series.task === null)).toBe(true);
  });

  test('its interval holds the truth in about 95 of 100 worlds', () => {
    const hits = Array.from({ length: 60 }, (_, seed) => {
      const { effects } = effectIn(mended(seed + 1));
      const { ci95 } = effects.find(({ series }) => series.capability === 'area0.skill2')!;
      return ci95[0] <= 0.08 && 0.08 <= ci95[1];
    }).filter(Boolean).length;
    expect(hits).toBeGreaterThanOrEqual(53);
  });

  test('where nothing came of it, it is about zero', () => {
    const { effects } = effectIn(mended(5, 0));
    expect(effects.filter(({ z }) => Math.abs(z) > 3.5)).toEqual([]);
  });

  test('a later change ends it, and before any checkpoint with it there is none', () => {
    const { stepOf } = effectIn(mended(3));
    expect(effectIn(mended(3), { until: stepOf(CHANGE + 2) }).afterSteps).toEqual(
      [CHANGE, CHANGE + 1, CHANGE + 2].map(stepOf),
    );
    const nothing = effectIn(mended(3), { until: stepOf(CHANGE - 1) });
    expect(nothing).toMatchObject({ afterSteps: [], effects: [] });
  });
});
