/** A small seeded version of the verdict bench: no false alarms worth the name, and real drops found soon. */
import { expect, test, vi } from 'vitest';
import { falseAlerts, falseAlertsEscalated, foundWithin } from '../bench/verdicts.ts';
import { watchWorld } from '../fakes/watch-world.ts';
import { PLAIN_WORLD, worldCheckpoints, worldTasks } from '../fakes/worlds.ts';

vi.setConfig({ testTimeout: 120_000 });

const steep = (c: number, t: number) =>
  0.25 + (0.3 + (0.45 * ((c * 7) % 30)) / 29) * (1 - Math.exp(-(t + 1) / (2 + (c % 5))));

test('a healthy world is silent: with 95 % confidence fewer than one false alert in 1,000 checkpoints, where a naive rule has hundreds', () => {
  const { alerts, naive, checkpoints } = falseAlerts({}, 82, 1);
  expect((1000 * upperBound(alerts)) / checkpoints).toBeLessThanOrEqual(1);
  expect((1000 * Math.max(...naive)) / checkpoints).toBeGreaterThan(500);
});

test('escalation asks a third of the docs, stays silent, and finds 10 points at once', () => {
  const quiet = falseAlertsEscalated({ checkpoints: 24 }, 3, 1);
  expect(quiet.alerts).toBe(0);
  expect(quiet.share).toBeLessThan(0.4);
  const drop = (c: number, t: number) => (c === 15 && t >= 10 ? 0.1 : 0);
  expect(foundWithin({ jitterDf: 5, docs: 1500 }, drop, 3, 1, 10, 300)[1]).toBe(1);
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

/** One-sided 95 % upper bound of a Poisson count: the mean at which so few or fewer come with 5 % probability. */
function upperBound(count: number): number {
  const tail = (mean: number) => {
    let [term, sum] = [Math.exp(-mean), 0];
    for (let k = 0; k <= count; k++) {
      sum += term;
      term *= mean / (k + 1);
    }
    return sum;
  };
  let [low, high] = [0, 10 + 3 * count];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (tail(middle) > 0.05) low = middle;
    else high = middle;
  }
  return high;
}
