/** BLEU of the answer against the target (any number of them): a doc's own value is its sentence BLEU, the score is the corpus's. */
import type { Metric, MetricOptions } from '../metric.ts';
import { logTexts, targetsOf } from '../targets.ts';
import { CORPUS_BLEU, countForBleu, sentenceBleu } from '../text-metrics/bleu.ts';
import { BLEU_TOKENIZERS } from '../text-metrics/bleu-tokenizers.ts';
import { docValueOf } from '../text-metrics/corpus-statistics.ts';

export const bleu: Metric = {
  id: 'bleu',
  outputTypes: ['generate_until'],
  higherIsBetter: true,
  unit: 'points',
  aggregation: 'bleu',
  /** The harness knows only 13a and ignores the option; without `zh` Chinese text is one token. */
  options: ['tokenize'],
  check: (options) => {
    if (BLEU_TOKENIZERS.includes(tokenizerOf(options))) return;
    throw new Error(`\`tokenize\` must be one of ${BLEU_TOKENIZERS.join(', ')}`);
  },
  score: ({ text, gold, hasManyTargets }, options) => {
    const counts = countForBleu(text, targetsOf(gold, hasManyTargets), tokenizerOf(options));
    return docValueOf(CORPUS_BLEU, sentenceBleu(counts), counts);
  },
  logged: logTexts,
};

const tokenizerOf = ({ tokenize }: MetricOptions): string => (tokenize == null ? '13a' : String(tokenize));
