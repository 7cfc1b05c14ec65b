import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Arm, compareArms, reachLevel } from '../../src/trend/experiment.ts';
import type { MeasuredSeries } from '../../src/trend/measured-series.ts';
import { readHistory } from '../../src/trend/read-history.ts';
import { PLAIN_WORLD, type World, worldCheckpoints, worldTasks } from '../fakes/worlds.ts';

const WORLD: World = { ...PLAIN_WORLD, capabilities: 1, checkpoints: 12, docs: 400, commonJitter: 0, ownJitter: 0.005 };
const JITTER = 0.005 ** 2;

/** Two runs over the same docs, b being `ahead` points above a. */
function pair(ahead: number, seed = 1, xsOfB = (t: number) => 100 * (t + 1)) {
  const of = (by: number, noise: number) => [
    ...worldCheckpoints({ ...WORLD, seed, accuracy: (_, t) => 0.4 + 0.01 * t + by + noise }),
  ];
  const frame = [...of(0, 0), ...of(ahead, 0).map((each) => ({ ...each, checkpoint: `b-${each.checkpoint}` }))];
  const { series } = readHistory(frame, worldTasks(WORLD));
  const range = (from: number) => Array.from({ length: 12 }, (_, i) => from + i);
  const a: Arm = { positions: range(0), xs: range(0).map((t) => 100 * (t + 1)), jitter: JITTER };
  const b: Arm = { positions: range(12), xs: range(0).map(xsOfB), jitter: JITTER };
  return { series: series.find(({ level }) => level === 'task') as MeasuredSeries, a, b };
}

test('a run that is 8 points ahead is that far ahead at the end and on the whole way, within the interval', () => {
  const { series, a, b } = pair(0.08);
  const { range, atEnd, area } = compareArms(series, a, b)!;
  expect(range).toEqual([100, 1200]);
  for (const { value, ci95 } of [atEnd, area]) {
    expect(value).toBeCloseTo(0.08, 1);
    expect(ci95[0]).toBeGreaterThan(0);
    expect(ci95[0]).toBeLessThan(0.08);
    expect(ci95[1]).toBeGreaterThan(0.08);
  }
  // Twelve checkpoints say more than one.
  expect(area.ci95[1] - area.ci95[0]).toBeLessThan(atEnd.ci95[1] - atEnd.ci95[0]);
});

test('the other way round the sign turns; a run is not ahead of itself', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), fc.double({ min: -0.1, max: 0.1, noNaN: true }), (seed, ahead) => {
      const { series, a, b } = pair(ahead, seed);
      const [there, back] = [compareArms(series, a, b)!, compareArms(series, b, a)!];
      expect(back.atEnd.value).toBeCloseTo(-there.atEnd.value, 10);
      expect(back.area.value).toBeCloseTo(-there.area.value, 10);
      expect(back.area.ci95[0]).toBeCloseTo(-there.area.ci95[1], 10);
      expect(there.area.value).toBeCloseTo(ahead, 1);
    }),
    { numRuns: 12 },
  );
  const { series, a } = pair(0);
  const { atEnd } = compareArms(series, a, a)!;
  expect(Number.isNaN(atEnd.value) || Math.abs(atEnd.value) < 1e-12).toBe(true);
});

test('checkpoints at other tokens are compared on the straight lines between them', () => {
  const { series, a, b } = pair(0.1, 3, (t) => 130 * t + 50);
  const compared = compareArms(series, a, b)!;
  expect(compared.range).toEqual([100, 1200]);
  expect(compared.area.value).toBeGreaterThan(0.05);
  expect(compareArms(series, a, { ...b, xs: b.xs.map((x) => x + 5000) })).toBeNull();
});

test('the run ahead reaches the level first, and what is not reached is not made up', () => {
  const { series, a, b } = pair(0.08);
  const level = series.mean(11);
  const [late, early] = [reachLevel(series, a, level), reachLevel(series, b, level)];
  expect(early.x!).toBeLessThan(late.x!);
  expect(early.ci95[0]!).toBeLessThanOrEqual(early.x!);
  expect(early.ci95[1] ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(early.x!);
  expect(reachLevel(series, a, 0.99).x).toBeNull();
});
