import { expect, test } from 'vitest';
import { aggregationOf } from '../../src/evaluation/scoring/aggregation.ts';
import { harnessStderr } from '../../src/evaluation/scoring/harness-stderr.ts';
import type { DocValue } from '../../src/evaluation/scoring/metric.ts';
import { METRICS } from '../../src/evaluation/scoring/metrics/index.ts';
import type { TaskMeasure } from '../../src/evaluation/task.ts';

/** Errors as lm-evaluation-harness 0.4.13's `bootstrap_stderr` gives them for the same docs, draws as many as here. */
const values = Array.from({ length: 25 }, (_, i) => ((i * 37) % 17) / 3 + 0.25);
const classes = (n: number): DocValue[] =>
  values.map((_, i) => ({ value: 0, parts: { gold: ((i * i) % 3) % n, predicted: ((i * 7) % 5) % n } }));

function measure(metric: string, aggregation: string): Pick<TaskMeasure, 'metric' | 'aggregation'> {
  return { metric: METRICS.find(({ id }) => id === metric)!, aggregation };
}

test.each([
  ['perplexity', 'perplexity', 2500, 5.5488448534386405],
  ['acc', 'median', 2500, 0.6008697122458682],
  ['acc', 'nanmean', 2000, 0.3311340766375124],
])('%s by %s', (metric, aggregation, draws, expected) => {
  const docs = values.map((value) => ({ value }));
  expect(harnessStderr(measure(metric, aggregation), docs, draws)).toBeCloseTo(expected, 10);
});

test('F1 and the Matthews correlation', () => {
  expect(aggregationOf('f1').value(classes(2))).toBeCloseTo(0.46153846153846156, 12);
  expect(harnessStderr(measure('f1', 'f1'), classes(2), 1000)).toBeCloseTo(0.12505853960628727, 10);
  expect(aggregationOf('matthews_corrcoef').value(classes(3))).toBeCloseTo(0.0736569563735987, 12);
  expect(harnessStderr(measure('mcc', 'matthews_corrcoef'), classes(3), 1000)).toBeCloseTo(0.15713047289991125, 10);
});

test.each([
  ['bleu', 46.04061366599649, 11.042923231513024],
  ['chrf', 53.58967883086443, 9.148894088020866],
  ['chrf++', 54.02320843941817, 8.999585573677578],
  ['ter', 41.66666666666667, 7.36111111111111],
])('%s of a corpus, drawn a hundred times at most', (id, score, stderr) => {
  const words = 'the cat sat on a mat and saw one red bird'.split(' ');
  const metric = METRICS.find((one) => one.id === id)!;
  const docs = Array.from({ length: 12 }, (_, i) =>
    metric.score(
      {
        outputType: 'generate_until',
        answer: { kind: 'text', text: '', tokens: 1 },
        choices: [],
        gold: Array.from({ length: 6 }, (_, k) => words[(i + k) % 11]).join(' '),
        hasManyTargets: false,
        text: Array.from({ length: 5 }, (_, k) => words[(i + k * (1 + (i % 2))) % 11]).join(' '),
        texts: [],
        executions: null,
      },
      {},
    ),
  );
  expect(aggregationOf(metric.aggregation).value(docs)).toBeCloseTo(score, 10);
  expect(harnessStderr(measure(id, metric.aggregation), docs)).toBeCloseTo(stderr, 10);
});

test('means have their closed form; ratios, and a single doc, have none', () => {
  const docs = values.map((value) => ({ value, parts: { weight: 2 } }));
  expect(harnessStderr(measure('acc', 'mean'), docs)).toBe(aggregationOf('mean').stderr(docs));
  expect(harnessStderr(measure('word_perplexity', 'weighted_perplexity'), docs)).toBeNaN();
  expect(harnessStderr(measure('bits_per_byte', 'bits_per_byte'), docs)).toBeNaN();
  expect(harnessStderr(measure('brier_score', 'brier_score'), docs)).toBeNaN();
  expect(harnessStderr(measure('perplexity', 'perplexity'), docs.slice(0, 1))).toBeNaN();
});
