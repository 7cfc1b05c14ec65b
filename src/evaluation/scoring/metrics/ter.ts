/** Translation edit rate of the answer, in per cent of the target's words: 0 is best, and more than 100 is possible. */
import type { Metric } from '../metric.ts';
import { logTexts, targetsOf } from '../targets.ts';
import { docValueOf } from '../text-metrics/corpus-statistics.ts';
import { CORPUS_TER, countForTer } from '../text-metrics/ter.ts';

export const ter: Metric = {
  id: 'ter',
  outputTypes: ['generate_until'],
  higherIsBetter: false,
  unit: 'points',
  aggregation: 'ter',
  options: [],
  score: ({ text, gold, hasManyTargets }) => {
    const counts = countForTer(text, targetsOf(gold, hasManyTargets));
    return docValueOf(CORPUS_TER, CORPUS_TER.scoreOf(counts), counts);
  },
  logged: logTexts,
};
