/** A small seeded version of the verdict bench: no false alarms worth the name, and real drops found soon. */
import { expect, test, vi } from 'vitest';
import { falseAlerts, foundWithin } from '../bench/verdicts.ts';
import { watchWorld } from '../fakes/watch-world.ts';
import { PLAIN_WORLD, worldCheckpoints, worldTasks } from '../fakes/worlds.ts';

vi.setConfig({ testTimeout: 120_000 });

const steep = (c: number, t: number) =>
  0.25 + (0.3 + (0.45 * ((c * 7) % 30)) / 29) * (1 - Math.exp(-(t + 1) / (2 + (c % 5))));

test('a healthy world is silent, and the naive rule is not', () => {
  const { alerts } = falseAlerts({ docs: 200, checkpoints: 24 }, 3, 1);
  expect(alerts).toBeLessThanOrEqual(1);
  let naive = 0;
  const world = { ...PLAIN_WORLD, docs: 200, checkpoints: 24 };
  const means = [...worldCheckpoints(world)].map(({ outcomes }) =>
    outcomes.map(({ values }) => values.reduce((a, b) => a + b, 0) / 200),
  );
  for (let t = 1; t < means.length; t++) if (means[t]!.some((mean, c) => mean < means[t - 1]![c]! - 0.02)) naive++;
  expect(naive).toBeGreaterThan(18);
});

test('steep early learning raises nothing', () => {
  expect(falseAlerts({ docs: 200, checkpoints: 14, accuracy: steep }, 3, 7).alerts).toBe(0);
});

test('a young run with three times the usual jitter raises nothing', () => {
  expect(falseAlerts({ docs: 200, checkpoints: 10, commonJitter: 0.012, ownJitter: 0.018 }, 5, 3).alerts).toBe(0);
});

test('10 points are found by the second checkpoint, 2 points everywhere by the sixth', () => {
  const one = foundWithin({ jitterDf: 5 }, (c, t) => (c === 15 && t >= 12 ? 0.1 : 0), 5, 1, 12);
  expect(one[1]).toBeGreaterThanOrEqual(0.8);
  const all = foundWithin({ jitterDf: 5, docs: 200 }, (_c, t) => (t >= 12 ? 0.02 : 0), 4, 1, 12);
  expect(all[3]).toBeGreaterThanOrEqual(0.5);
});

test('a drop in a steep young curve is at least suspected at once', () => {
  const world = {
    ...PLAIN_WORLD,
    checkpoints: 8,
    accuracy: (c: number, t: number) => steep(c, t) - (c === 10 && t >= 7 ? 0.15 : 0),
  };
  const { suspected } = watchWorld(worldCheckpoints(world), worldTasks(world));
  const quiet = watchWorld(worldCheckpoints({ ...world, accuracy: steep }), worldTasks(world)).suspected;
  expect(suspected[7]!).toBeGreaterThan(quiet[7]!);
});
