/** Every statistic against scipy, statsmodels and numpy, as recorded by recorded/record.py. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { CheckpointOutcomes } from '../../src/domain/trend.ts';
import { compareCheckpoints } from '../../src/trend/compare.ts';
import {
  chiSquareQuantile,
  normalTail,
  studentQuantile,
  studentTail,
  studentToNormal,
} from '../../src/trend/distributions.ts';
import { holm } from '../../src/trend/holm.ts';
import { meanInterval, wilsonInterval } from '../../src/trend/interval.ts';
import { median, robustDeviation, theilSen } from '../../src/trend/robust.ts';
import { signFlipP, signTest } from '../../src/trend/sign-flip.ts';

import { clusteredMean } from '../fakes/clustered-mean.ts';

const recorded = JSON.parse(readFileSync(new URL('recorded/references.json', import.meta.url), 'utf8'));

function near(found: number, expected: number, relative = 1e-9): void {
  expect(Math.abs(found - expected), `${found} against ${expected}`).toBeLessThanOrEqual(
    relative * Math.max(Math.abs(expected), 1e-300) + 1e-300,
  );
}

test('tails of the normal and of t, to their last digits far out', () => {
  for (const { z, p } of recorded.normal_tail) near(normalTail(z), p, 1e-12);
  for (const { t, df, p } of recorded.student_tail) near(studentTail(t, df), p);
});

test('quantiles of t are right to nine digits', () => {
  for (const { z, df, t } of recorded.student_quantile) near(studentQuantile(z, df), t, 2e-9);
  near(studentQuantile(-3, 7), -studentQuantile(3, 7));
});

test('the two approximations are as good as they say', () => {
  for (const { t, df, z } of recorded.student_to_normal)
    expect(Math.abs(studentToNormal(t, df) - z)).toBeLessThan(df >= 5 ? 0.025 : 0.1);
  for (const { df, q } of recorded.chi_square_quantile)
    expect(Math.abs(chiSquareQuantile(-1.6448536269514722, df) / q - 1)).toBeLessThan(0.02);
});

test('intervals of proportions and means', () => {
  for (const { p, n, ci95 } of recorded.wilson)
    wilsonInterval(p, n).forEach((bound, i) => {
      expect(bound).toBeCloseTo(ci95[i], 12);
    });
  for (const { mean, stderr, n, ci95 } of recorded.mean_interval)
    meanInterval(mean, stderr, n).forEach((bound, i) => {
      expect(Math.abs(bound - ci95[i])).toBeLessThan(1e-9 * Math.max(1, Math.abs(ci95[i])));
    });
});

test('the cluster-robust error of a mean', () => {
  for (const { values, clusters, mean, stderr } of recorded.clustered) {
    const found = clusteredMean(values, clusters);
    near(found.mean, mean);
    near(Math.sqrt(found.variance), stderr);
  }
});

test('sign-flip and McNemar, exactly', () => {
  for (const { values, p } of recorded.sign_flip) near(signFlipP(values)!, p);
  for (const { lost, gained, p } of recorded.mcnemar) near(signTest(gained, lost + gained), p, 1e-8);
});

test('the paired comparison of two checkpoints', () => {
  for (const { a, b, p, ci95 } of recorded.paired) {
    const at = (checkpoint: string, step: number, values: number[]): CheckpointOutcomes => ({
      checkpoint,
      step,
      outcomes: [
        { task: 'lines', metric: 'own', higherIsBetter: true, taskHash: 'h', values: Float32Array.from(values) },
      ],
    });
    const [found] = compareCheckpoints(at('a', 1, a), at('b', 2, b), [
      { name: 'lines', capabilities: [], primaryMetric: 'own' },
    ]);
    // The variance has a floor of a twentieth of a doc squared.
    expect(Math.abs(found!.p - p)).toBeLessThan(0.002);
    found!.ci95.forEach((bound, i) => {
      expect(Math.abs(bound - ci95[i])).toBeLessThan(2e-3);
    });
  }
});

test('adjusted p, Theil-Sen line, median and its deviation', () => {
  for (const { p, adjusted } of recorded.holm) holm(p).forEach((each, i) => void near(each, adjusted[i]));
  for (const { x, y, slope, level } of recorded.theil_sen) {
    const line = theilSen(x, y);
    near(line(1) - line(0), slope, 1e-8);
    near(line(0), level, 1e-8);
  }
  for (const { values, median: middle, mad } of recorded.robust) {
    near(median(values), middle);
    near(robustDeviation(values), 1.4826 * mad);
  }
});
