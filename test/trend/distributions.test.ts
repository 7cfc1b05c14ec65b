import { expect, test } from 'vitest';
import { chiSquareQuantile, normalCdf, studentQuantile, studentToNormal, Z95 } from '../../src/trend/distributions.ts';
import { meanInterval, wilsonInterval } from '../../src/trend/interval.ts';

// Reference values: scipy.stats norm.cdf, t.ppf, chi2.ppf; statsmodels proportion_confint(method='wilson').
test('normal distribution', () => {
  expect(normalCdf(1.96)).toBeCloseTo(0.9750021, 6);
  expect(normalCdf(-3)).toBeCloseTo(0.0013499, 6);
});

test.each([
  [1, 12.7062],
  [2, 4.30265],
  [4, 2.776445],
  [10, 2.228139],
  [30, 2.042272],
])('97.5 %% quantile of t with %i degrees of freedom', (df, expected) => {
  expect(Math.abs(studentQuantile(Z95, df) / expected - 1)).toBeLessThan(0.005);
});

test('a t value becomes the normal deviate that is as rare', () => {
  // t = 4 with 10 degrees of freedom: one-sided p 0.001259, which is z 3.0216.
  expect(studentToNormal(4, 10)).toBeCloseTo(3.0216, 1);
  expect(studentToNormal(4, 1e7)).toBeCloseTo(4, 3);
  expect(studentToNormal(-4, 10)).toBeCloseTo(-studentToNormal(4, 10), 12);
});

test.each([
  [5, 1.145476],
  [10, 3.940299],
  [50, 34.76425],
])('5 %% quantile of chi-square with %i degrees of freedom', (df, expected) => {
  expect(Math.abs(chiSquareQuantile(-1.644854, df) / expected - 1)).toBeLessThan(0.02);
});

test('Wilson interval of 8 right of 10, and at the ends', () => {
  const [low, high] = wilsonInterval(0.8, 10);
  expect(low).toBeCloseTo(0.490162, 5);
  expect(high).toBeCloseTo(0.943318, 5);
  expect(wilsonInterval(0, 20)[0]).toBe(0);
  expect(wilsonInterval(1, 20)[1]).toBe(1);
});

test('an interval of one value is not known', () => {
  expect(meanInterval(0.4, Number.NaN, 1)).toEqual([Number.NaN, Number.NaN]);
});
