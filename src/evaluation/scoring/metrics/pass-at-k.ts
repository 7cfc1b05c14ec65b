/**
 * pass@k: how probably one of k answers is a program that passes its tests, estimated without bias from the n answers of a doc, of
 * which c pass: 1 - C(n - c, k) / C(n, k) (Chen et al. 2021, Evaluating Large Language Models Trained on Code, equation 1).
 */

import { numberIn } from '../../python/python-value.ts';
import type { Metric, MetricOptions } from '../metric.ts';

/** Named as in the harness's files; a list of `k` makes a metric of each. */
export const passAtK: Metric = {
  id: 'pass_at_k',
  outputTypes: ['generate_until'],
  higherIsBetter: true,
  unit: 'proportion',
  aggregation: 'mean',
  options: ['k'],
  needsExecution: true,
  check: (options, { repeats }) => {
    for (const k of listOf(options)) {
      if (!Number.isInteger(k) || k < 1) throw new Error('`k` must be a whole number, or a list of them');
      if (k > repeats) throw new Error(`pass@${k} needs ${k} answers to each doc, and \`repeats\` asks for ${repeats}`);
    }
  },
  variants: (options) => listOf(options).map(passAt),
  score: () => {
    throw new Error('pass_at_k is scored by its variants');
  },
};

function passAt(k: number): Metric {
  return {
    ...passAtK,
    id: `pass@${k}`,
    score: ({ executions }) => {
      const answers = executions ?? [];
      if (answers.length < k) throw new Error(`pass@${k} needs ${k} answers, and the filters leave ${answers.length}`);
      const unusable = answers.find(({ outcome }) => outcome === 'unusable');
      if (unusable !== undefined) throw new Error(`its tests can't be run: ${unusable.detail}`);
      const passed = answers.filter(({ outcome }) => outcome === 'passed').length;
      return { value: estimatePassAt(k, answers.length, passed) };
    },
  };
}

/** As a product, which stays exact where the binomials would overflow. @param passed of n answers, 1 <= k <= n */
export function estimatePassAt(k: number, n: number, passed: number): number {
  if (n - passed < k) return 1;
  let allFail = 1;
  for (let drawn = n - passed + 1; drawn <= n; drawn++) allFail *= 1 - k / drawn;
  return 1 - allFail;
}

function listOf({ k }: MetricOptions): number[] {
  return [k ?? 1].flat().map((value) => numberIn(value) ?? Number.NaN);
}
