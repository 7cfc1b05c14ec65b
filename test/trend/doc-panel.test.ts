import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Outcomes } from '../../src/domain/score.ts';
import { buildPanel } from '../../src/trend/doc-panel.ts';
import { createRandom } from '../fakes/worlds.ts';

const outcomes = (values: readonly number[], metric = 'acc'): Outcomes => ({
  task: 'task',
  metric,
  taskHash: 'h',
  higherIsBetter: true,
  values: Float32Array.from(values),
});

/** Docs x checkpoints of answers that stay mostly what they were. */
function answers(seed: number, docs: number, checkpoints: number): number[][] {
  const random = createRandom(seed);
  const ability = Array.from({ length: docs }, random.normal);
  return Array.from({ length: checkpoints }, () => ability.map((a) => (a + 0.4 * random.normal() > 0 ? 1 : 0)));
}

test('a contrast equals the plain mean and variance of the per-doc differences', () => {
  const columns = answers(3, 120, 6);
  const panel = buildPanel(columns.map((column) => outcomes(column)));
  const d = columns[0]!.map(
    (_, i) => (columns[4]![i]! + columns[5]![i]!) / 2 - (columns[0]![i]! + columns[1]![i]! + columns[2]![i]!) / 3,
  );
  const mean = d.reduce((sum, each) => sum + each, 0) / d.length;
  const variance = d.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (d.length - 1) / d.length;
  const contrast = panel.contrast([4, 5], [0, 1, 2]);
  expect(contrast.difference).toBeCloseTo(mean, 12);
  expect(Math.sqrt(contrast.variance)).toBeCloseTo(Math.sqrt(variance), 4);
  expect(contrast.n).toBe(120);
});

test('docs in another order, swapped sides: the same contrast, the other sign', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e6 }), (seed) => {
      const columns = answers(seed, 60, 5);
      const order = [...columns[0]!.keys()].sort((a, b) => Math.sin(a * seed) - Math.sin(b * seed));
      const panel = buildPanel(columns.map((column) => outcomes(column)));
      const shuffled = buildPanel(columns.map((column) => outcomes(order.map((i) => column[i]!))));
      const plain = panel.contrast([3, 4], [0, 1, 2]);
      expect(shuffled.contrast([3, 4], [0, 1, 2]).difference).toBeCloseTo(plain.difference, 12);
      expect(shuffled.contrast([3, 4], [0, 1, 2]).variance).toBeCloseTo(plain.variance, 12);
      const swapped = panel.contrast([0, 1, 2], [3, 4]);
      expect(swapped.difference).toBeCloseTo(-plain.difference, 12);
      expect(swapped.variance).toBeCloseTo(plain.variance, 12);
    }),
  );
});

test('a doc that is missing here and there enters by its doc effect', () => {
  const columns = answers(7, 400, 6);
  const full = buildPanel(columns.map((column) => outcomes(column))).contrast([5], [0, 1, 2, 3, 4]);
  // Every hard doc is missing at the newest checkpoint: the plain mean there would look better by far.
  const isHard = (i: number) => columns[0]![i] === 0 && i % 2 === 0;
  const holed = columns.map((column, t) => outcomes(column.map((v, i) => (t === 5 && isHard(i) ? Number.NaN : v))));
  const panel = buildPanel(holed);
  const contrast = panel.contrast([5], [0, 1, 2, 3, 4]);
  const plainNow = holed[5]!.values.filter(Number.isFinite);
  const naive =
    plainNow.reduce((sum, v) => sum + v, 0) / plainNow.length - columns[0]!.reduce((sum, v) => sum + v, 0) / 400;
  expect(Math.abs(naive)).toBeGreaterThan(0.08);
  expect(Math.abs(contrast.difference - full.difference)).toBeLessThan(0.03);
  expect(contrast.variance).toBeGreaterThan(full.variance * 0.8);
  expect(contrast.n).toBeLessThan(400);
});

test('with no doc missing the slow path and the fast one agree', () => {
  const columns = answers(11, 80, 5);
  const fast = buildPanel(columns.map((column) => outcomes(column))).contrast([4], [0, 1, 2, 3]);
  // One doc that was never measured at one old checkpoint forces the slow path.
  const extra = columns.map((column, t) => outcomes([...column, t === 0 ? Number.NaN : 1]));
  const slow = buildPanel(extra).contrast([4], [0, 1, 2, 3]);
  expect(slow.difference).toBeCloseTo((fast.difference * 80) / 81, 2);
});

test('continuous outcomes are pulled in at 5 robust deviations', () => {
  const values = Array.from({ length: 99 }, (_, i) => 1 + i / 1000);
  const panel = buildPanel([outcomes([...values, 500], 'bits_per_byte')]);
  expect(panel.means[0]).toBeLessThan(1.1);
});
