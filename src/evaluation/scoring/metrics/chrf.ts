/** chrF of the answer against the target (the closest of several): a doc's own value is its own chrF, the score is the corpus's. */
import type { Metric } from '../metric.ts';
import { logTexts, targetsOf } from '../targets.ts';
import { CHRF } from '../text-metrics/chrf.ts';
import { docValueOf } from '../text-metrics/corpus-statistics.ts';

export const chrf: Metric = {
  id: 'chrf',
  outputTypes: ['generate_until'],
  higherIsBetter: true,
  unit: 'points',
  aggregation: 'chrf',
  options: [],
  score: ({ text, gold, hasManyTargets }) => {
    const counts = CHRF.count(text, targetsOf(gold, hasManyTargets));
    return docValueOf(CHRF, CHRF.scoreOf(counts), counts);
  },
  logged: logTexts,
};
