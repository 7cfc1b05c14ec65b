/** Series of which only value, standard error and n are known. */
import { expect, it } from 'vitest';
import type { Outcomes } from '../../src/domain/score.ts';
import { buildSummaryPanel, isUsable, summaryOf } from '../../src/trend/summary-panel.ts';

const aggregate = (value: number, stderr: number, n: number, metric = 'acc'): Outcomes => ({
  task: 't',
  metric,
  taskHash: 'h',
  higherIsBetter: metric === 'acc',
  values: new Float32Array(),
  summary: { value, stderr, n },
});

it('differences have the variance of both sides, and nothing is paired', () => {
  const panel = buildSummaryPanel([aggregate(0.6, 0.03, 400), null, aggregate(0.5, 0.04, 400)]);
  const { difference, variance, n } = panel.contrast([2], [0]);
  expect(difference).toBeCloseTo(-0.1, 12);
  expect(Math.sqrt(variance)).toBeCloseTo(0.05, 4);
  expect(n).toBe(400);
  expect([...panel.isMeasured]).toEqual([true, false, true]);
  expect(panel.isPaired).toBe(false);
  expect(panel.at(0, 0)).toBeNaN();
});

it('an error follows from n and n from an error; without both there is no verdict', () => {
  expect(summaryOf(aggregate(0.5, Number.NaN, 101)).stderr).toBeCloseTo(0.049, 3);
  expect(summaryOf(aggregate(0.5, 0.05, 0)).n).toBe(101);
  expect(isUsable(aggregate(0.5, Number.NaN, 0))).toBe(false);
  expect(isUsable(aggregate(12, Number.NaN, 0, 'score'))).toBe(false);
  // All right on 50 docs is not known without error.
  expect(summaryOf(aggregate(1, 0, 50)).stderr).toBeGreaterThan(0.02);
});

it('perplexities without an error are judged by their jitter', () => {
  expect(summaryOf(aggregate(12.3, Number.NaN, 0, 'word_perplexity'))).toMatchObject({ value: 12.3, stderr: 0 });
});

it('takes docs where some are known: their mean and its error, perplexities in their own unit', () => {
  const values = Float32Array.from([1, 0, 1, 1]);
  const mixed = { ...aggregate(0, 0, 0), values, summary: undefined } as unknown as Outcomes;
  expect(summaryOf(mixed)).toMatchObject({ value: 0.75, n: 4 });
  const nats = { ...mixed, metric: 'word_perplexity', values: Float32Array.from([2, 3]) };
  expect(summaryOf(nats).value).toBeCloseTo(Math.exp(2.5), 6);
});
