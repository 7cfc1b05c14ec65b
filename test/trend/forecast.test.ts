import { describe, expect, test } from 'vitest';
import { type CurvePoint, type Forecast, forecastCurve, isPlateau } from '../../src/trend/forecast.ts';
import { createRandom } from '../fakes/worlds.ts';

/** A curve over `n` evenly spaced checkpoints of a run that would have `of`, each 1 billion tokens. */
function curve(law: (x: number) => number, n: number, jitter: number, seed: number): CurvePoint[] {
  const random = createRandom(seed);
  return Array.from({ length: n }, (_, i) => ({ x: 1e9 * (i + 1), value: law(i + 1) + jitter * random.normal() }));
}

const forecast = (points: readonly CurvePoint[], end: number) => forecastCurve(points, 1e9 * end) as Forecast;

describe('a saturating curve', () => {
  const law = (x: number) => 0.62 - 0.4 * x ** -0.6;

  test('is foretold, and the interval holds the truth as often as it says', () => {
    let held = 0;
    const runs = 150;
    for (let seed = 1; seed <= runs; seed++) {
      const { gainCi95 } = forecast(curve(law, 30, 0.006, seed), 60);
      const truth = law(60) - law(30);
      if (gainCi95[0] <= truth && truth <= gainCi95[1]) held++;
    }
    expect(held / runs).toBeGreaterThan(0.88);
  });

  test('gives the same whatever the unit of x, and scales with the values', () => {
    const points = curve(law, 25, 0.005, 3);
    const plain = forecastCurve(points, 4e10) as Forecast;
    const steps = forecastCurve(
      points.map(({ x, value }) => ({ x: x / 1e7, value: 100 * value })),
      4000,
    ) as Forecast;
    expect(steps.gain).toBeCloseTo(100 * plain.gain, 6);
    expect(steps.gainCi95[1]).toBeCloseTo(100 * plain.gainCi95[1], 6);
  });

  test('one freak checkpoint hardly moves it', () => {
    const points = curve(law, 30, 0.003, 5);
    const freak = points.map((point, i) => (i === 20 ? { ...point, value: point.value - 0.3 } : point));
    expect(Math.abs(forecast(freak, 60).value - forecast(points, 60).value)).toBeLessThan(0.02);
  });
});

test('a flat curve is a plateau, a rising one is not, a short or noisy one is not known to be one', () => {
  const flat = forecast(
    curve(() => 0.5, 40, 0.002, 7),
    55,
  );
  expect(isPlateau(flat, true, 0.005)).toBe(true);
  const rising = forecast(
    curve((x) => 0.3 + 0.004 * x, 40, 0.004, 8),
    60,
  );
  expect(isPlateau(rising, true, 0.005)).toBe(false);
  expect(rising.gain).toBeGreaterThan(0.02);
  const noisy = forecast(
    curve(() => 0.5, 9, 0.03, 9),
    60,
  );
  expect(isPlateau(noisy, true, 0.005)).toBe(false);
});

test('bits per byte that still fall are no plateau, and one that rises is none to be proud of', () => {
  const falling = forecast(
    curve((x) => 1.2 + 0.9 * x ** -0.4, 30, 0.003, 4),
    80,
  );
  expect(falling.gain).toBeLessThan(0);
  expect(isPlateau(falling, false, 0.005)).toBe(false);
});

test('says what is missing instead of guessing', () => {
  const points = curve(() => 0.5, 40, 0.01, 2);
  expect(forecastCurve(points.slice(0, 7), 1e11)).toEqual({ kind: 'too-few', points: 7 });
  expect(forecastCurve(points.slice(0, 10), 1e11)).toEqual({ kind: 'too-far', points: 10 });
  expect(forecastCurve(points, 4e10)).toEqual({ kind: 'over', points: 40 });
  expect(forecastCurve([], 1)).toEqual({ kind: 'too-few', points: 0 });
});

test('equal values give a finite answer, and a thousand checkpoints cost little', () => {
  const still = forecast(
    curve(() => 0.25, 12, 0, 1),
    20,
  );
  expect(still.gain).toBeCloseTo(0, 9);
  expect(still.ci95.every(Number.isFinite)).toBe(true);
  const began = performance.now();
  for (let i = 0; i < 10; i++)
    forecast(
      curve((x) => 0.6 - 0.3 * x ** -0.3, 1000, 0.01, i),
      2000,
    );
  expect((performance.now() - began) / 10).toBeLessThan(100);
});
