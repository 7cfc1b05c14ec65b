/** chrF++: chrF with words and pairs of words beside the characters. */
import type { Metric } from '../metric.ts';
import { logTexts, targetsOf } from '../targets.ts';
import { CHRF_PLUS_PLUS } from '../text-metrics/chrf.ts';
import { docValueOf } from '../text-metrics/corpus-statistics.ts';

export const chrfPlusPlus: Metric = {
  id: 'chrf++',
  outputTypes: ['generate_until'],
  higherIsBetter: true,
  unit: 'points',
  aggregation: 'chrf++',
  options: [],
  score: ({ text, gold, hasManyTargets }) => {
    const counts = CHRF_PLUS_PLUS.count(text, targetsOf(gold, hasManyTargets));
    return docValueOf(CHRF_PLUS_PLUS, CHRF_PLUS_PLUS.scoreOf(counts), counts);
  },
  logged: logTexts,
};
