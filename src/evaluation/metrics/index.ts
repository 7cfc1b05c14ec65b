/** The metrics. */
import type { Metric } from '../metric.ts';
import { acc } from './acc.ts';
import { accBytes } from './acc-bytes.ts';
import { accMutualInfo } from './acc-mutual-info.ts';
import { accNorm } from './acc-norm.ts';
import { accuracy } from './accuracy.ts';
import { bitsPerByte } from './bits-per-byte.ts';
import { bleu } from './bleu.ts';
import { brierScore } from './brier-score.ts';
import { bypass } from './bypass.ts';
import { bytePerplexity } from './byte-perplexity.ts';
import { chrf } from './chrf.ts';
import { chrfPlusPlus } from './chrf-plus-plus.ts';
import { exactMatch } from './exact-match.ts';
import { f1 } from './f1.ts';
import { f1OfAnswers } from './f1-of-answers.ts';
import { mcc } from './mcc.ts';
import { perplexity } from './perplexity.ts';
import { rouge } from './rouge.ts';
import { ter } from './ter.ts';
import { wordPerplexity } from './word-perplexity.ts';

export const METRICS: readonly Metric[] = [
  acc,
  accNorm,
  accBytes,
  exactMatch,
  f1,
  f1OfAnswers,
  mcc,
  brierScore,
  perplexity,
  wordPerplexity,
  bytePerplexity,
  bitsPerByte,
  accMutualInfo,
  accuracy,
  bleu,
  chrf,
  chrfPlusPlus,
  ter,
  ...rouge,
  bypass,
];

/** What the harness measures when a task file has no metric_list. */
export const DEFAULT_METRICS: Readonly<Record<string, readonly string[]>> = {
  multiple_choice: ['acc', 'acc_norm'],
  loglikelihood: ['perplexity', 'acc'],
  loglikelihood_rolling: ['word_perplexity', 'byte_perplexity', 'bits_per_byte'],
  generate_until: ['exact_match'],
};
