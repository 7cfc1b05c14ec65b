/** The metrics. */
import type { Metric } from '../metric.ts';
import { acc } from './acc.ts';
import { accBytes } from './acc-bytes.ts';
import { accMutualInfo } from './acc-mutual-info.ts';
import { accNorm } from './acc-norm.ts';
import { accuracy } from './accuracy.ts';
import { bitsPerByte } from './bits-per-byte.ts';
import { bleu } from './bleu.ts';
import { brier } from './brier.ts';
import { brierScore } from './brier-score.ts';
import { bypass } from './bypass.ts';
import { bytePerplexity } from './byte-perplexity.ts';
import { chrf } from './chrf.ts';
import { chrfPlusPlus } from './chrf-plus-plus.ts';
import { cutOutput } from './cut-output.ts';
import { distinct2 } from './distinct-2.ts';
import { ece1Bin, ece10Bin } from './ece.ts';
import { emptyOutput } from './empty-output.ts';
import { exactMatch } from './exact-match.ts';
import { f1 } from './f1.ts';
import { f1OfAnswers } from './f1-of-answers.ts';
import { goldBitsPerByte } from './gold-bits-per-byte.ts';
import { mcc } from './mcc.ts';
import { nll } from './nll.ts';
import { otherScript } from './other-script.ts';
import { passAtK } from './pass-at-k.ts';
import { perplexity } from './perplexity.ts';
import { plattEce1Bin, plattEce10Bin } from './platt-ece.ts';
import { repetition } from './repetition.ts';
import { rouge } from './rouge.ts';
import { selectiveAccuracyAt10, selectiveArea } from './selective-accuracy.ts';
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
  passAtK,
  goldBitsPerByte,
  nll,
  brier,
  ece10Bin,
  ece1Bin,
  plattEce10Bin,
  plattEce1Bin,
  selectiveAccuracyAt10,
  selectiveArea,
  repetition,
  distinct2,
  emptyOutput,
  cutOutput,
  otherScript,
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
