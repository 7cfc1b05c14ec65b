/** How the docs' values become a score with its standard error. */
import { CALIBRATION_AGGREGATIONS } from './calibration-aggregations.ts';
import { matthewsCorrelation, matthewsStderr, resampledMatthews } from './confusion.ts';
import { bootstrapStderr } from './harness-bootstrap.ts';
import { meanOf, stderrOfMean, stderrOfRatio, weightedMean } from './means.ts';
import type { DocValue } from './metric.ts';
import { CORPUS_BLEU } from './text-metrics/bleu.ts';
import { CHRF, CHRF_PLUS_PLUS } from './text-metrics/chrf.ts';
import { type CorpusScore, corpusScore, corpusStderr, resampledScore } from './text-metrics/corpus-statistics.ts';
import { CORPUS_TER } from './text-metrics/ter.ts';

/** Prepares docs to be drawn with repetition: gives the score of the docs at the places drawn. */
export type Resampled = (docs: readonly DocValue[]) => (places: Uint32Array) => number;

export interface Aggregation {
  readonly id: string;
  readonly value: (docs: readonly DocValue[]) => number;
  /** What verdicts use: closed forms and jackknives. NaN for fewer than two docs. */
  readonly stderr: (docs: readonly DocValue[]) => number;
  /** What lm-evaluation-harness gives as the error: the same closed form or a bootstrap over this; none when left out. */
  readonly harnessError?: 'same' | Resampled;
}

const valuesOf = (docs: readonly DocValue[]) => docs.map(({ value }) => value);

const mean: Aggregation = {
  id: 'mean',
  value: (docs) => meanOf(valuesOf(docs)),
  /** Sample standard deviation over the square root of n. */
  stderr: (docs) => stderrOfMean(valuesOf(docs)),
  harnessError: 'same',
};

/** The harness's mean over the docs that have a number. Failed docs are left out before it anyway. */
const nanmean: Aggregation = { ...mean, id: 'nanmean', harnessError: resampledMean };

/** The upper of the two middle values of an even number of docs, as the harness has it. */
const median: Aggregation = {
  id: 'median',
  value: (docs) => Float64Array.from(valuesOf(docs)).sort()[docs.length >> 1]!,
  stderr: (docs) => bootstrapStderr(docs.length, resampledMedian(docs), 1000),
  harnessError: resampledMedian,
};

/** exp of the mean negative log-probability; its error by the delta method: se(exp x) = exp(x) se(x). */
const perplexity: Aggregation = {
  id: 'perplexity',
  value: (docs) => Math.exp(mean.value(docs)),
  stderr: (docs) => Math.exp(mean.value(docs)) * mean.stderr(docs),
  harnessError: (docs) => {
    const resampled = resampledMean(docs);
    return (places) => Math.exp(resampled(places));
  },
};

/** A ratio of sums, with the linearised variance of a ratio (Cochran, Sampling Techniques, 6.3). */
const bitsPerByte: Aggregation = {
  id: 'bits_per_byte',
  value: weightedMean,
  stderr: stderrOfRatio,
};

/** exp of a ratio of sums; its error by the delta method on top of the ratio's. */
const weightedPerplexity: Aggregation = {
  id: 'weighted_perplexity',
  value: (docs) => Math.exp(weightedMean(docs)),
  stderr: (docs) => Math.exp(weightedMean(docs)) * stderrOfRatio(docs),
};

/**
 * F1 of class 1 = 2 TP / (2 TP + FP + FN): a ratio of sums over docs, so its error is a ratio's too.
 * Docs of neither kind weigh nothing; without any of class 1 it is 0, as scikit-learn has it.
 */
const f1: Aggregation = {
  id: 'f1',
  value: (docs) => {
    const pairs = docs.map(f1Parts);
    return pairs.every(({ parts }) => parts.weight === 0) ? 0 : weightedMean(pairs);
  },
  stderr: (docs) => {
    const pairs = docs.map(f1Parts);
    return pairs.every(({ parts }) => parts.weight === 0) ? Number.NaN : stderrOfRatio(pairs);
  },
  harnessError: (docs) => {
    const weights = Float64Array.from(docs, (doc) => f1Parts(doc).parts.weight);
    const hits = Float64Array.from(docs, (doc) => f1Parts(doc).value * f1Parts(doc).parts.weight);
    return (places) => {
      let hit = 0;
      let weight = 0;
      for (const place of places) {
        hit += hits[place]!;
        weight += weights[place]!;
      }
      return weight === 0 ? 0 : hit / weight;
    };
  },
};

const mcc: Aggregation = {
  id: 'matthews_corrcoef',
  value: matthewsCorrelation,
  stderr: matthewsStderr,
  harnessError: resampledMatthews,
};

/** The mean squared distance. */
const brierScore: Aggregation = { id: 'brier_score', value: mean.value, stderr: mean.stderr };

/** The harness's mark of a task that is not scored. */
const bypass: Aggregation = { id: 'bypass', value: () => 999, stderr: () => Number.NaN };

function ofCorpus(id: string, score: CorpusScore): Aggregation {
  return {
    id,
    value: (docs) => corpusScore(score, docs),
    stderr: (docs) => corpusStderr(score, docs),
    harnessError: (docs) => resampledScore(score, docs),
  };
}

export const AGGREGATIONS: readonly Aggregation[] = [
  mean,
  nanmean,
  median,
  perplexity,
  bitsPerByte,
  weightedPerplexity,
  f1,
  mcc,
  ...CALIBRATION_AGGREGATIONS,
  brierScore,
  ofCorpus('bleu', CORPUS_BLEU),
  ofCorpus('chrf', CHRF),
  ofCorpus('chrf++', CHRF_PLUS_PLUS),
  ofCorpus('ter', CORPUS_TER),
  bypass,
];

/** @throws RangeError for an id that is not there: task files are checked when they are loaded */
export function aggregationOf(id: string): Aggregation {
  const found = AGGREGATIONS.find((aggregation) => aggregation.id === id);
  if (found === undefined) throw new RangeError(`There is no aggregation '${id}'.`);
  return found;
}

function resampledMean(docs: readonly DocValue[]): (places: Uint32Array) => number {
  const values = Float64Array.from(valuesOf(docs));
  return (places) => {
    let sum = 0;
    for (const place of places) sum += values[place]!;
    return sum / places.length;
  };
}

/** Counts how often each rank is drawn, so that nothing need be sorted again. */
function resampledMedian(docs: readonly DocValue[]): (places: Uint32Array) => number {
  const values = valuesOf(docs);
  const order = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Uint32Array(values.length);
  order.forEach((place, rank) => {
    ranks[place] = rank;
  });
  return (places) => {
    const drawn = new Uint32Array(values.length);
    for (const place of places) drawn[ranks[place]!]!++;
    let rank = 0;
    for (let passed = drawn[0]!; passed <= places.length >> 1; passed += drawn[rank]!) rank++;
    return values[order[rank]!]!;
  };
}

function f1Parts({ parts }: DocValue) {
  const isGold = parts?.gold === 1 ? 1 : 0;
  const isPredicted = parts?.predicted === 1 ? 1 : 0;
  const weight = isGold + isPredicted;
  return { value: weight === 0 ? 0 : (2 * isGold * isPredicted) / weight, parts: { weight } };
}
