/** Aggregations of (confidence, right or wrong): a doc's value is its confidence, its part `correct` is 1 or 0. */
import type { Aggregation } from './aggregation.ts';
import { bootstrapStderr, drawn } from './bootstrap.ts';
import {
  accuracyOfTopTenth,
  coverageAccuracyArea,
  equalMassError,
  mostConfidentFirst,
  oneBinError,
  type SortedConfidence,
  sortByConfidence,
} from './calibration.ts';
import type { DocValue } from './metric.ts';
import { fitPlatt, type PlattScaling, rescale } from './platt-scaling.ts';

const TEN = 10;

/** A fit for each draw costs; the error of the standard error is then about 14 %. */
const FITTED_RESAMPLES = 25;

/** HELM's names; each with its standard error by bootstrap over docs (200 resamples, 25 where each is fitted; fixed seed). */
export const CALIBRATION_AGGREGATIONS: readonly Aggregation[] = [
  figure('ece_10_bin', (docs) => equalMassError(docs, TEN)),
  figure('ece_1_bin', oneBinError),
  figure('selective_acc@10', (docs) => accuracyOfTopTenth(mostConfidentFirst(docs))),
  figure('selective_cov_acc_area', (docs) => coverageAccuracyArea(mostConfidentFirst(docs))),
  plattFigure('platt_ece_10_bin', (docs) => equalMassError(docs, TEN)),
  plattFigure('platt_ece_1_bin', oneBinError),
];

function figure(id: string, of: (docs: SortedConfidence) => number): Aggregation {
  return {
    id,
    value: (docs) => of(sorted(docs)),
    stderr: (docs) => overResamples(sorted(docs), of),
  };
}

/** After Platt scaling on the same docs; 0 where all are right or all wrong, as HELM has it. Each resample is fitted anew. */
function plattFigure(id: string, of: (docs: SortedConfidence) => number): Aggregation {
  const scaled = (docs: SortedConfidence, start?: PlattScaling) => {
    const fit = fitPlatt(docs, start);
    return fit === null ? 0 : of(rescale(docs, fit));
  };
  return {
    id,
    value: (docs) => scaled(sorted(docs)),
    stderr: (docs) => {
      const all = sorted(docs);
      const start = fitPlatt(all) ?? undefined;
      return overResamples(all, (some) => scaled(some, start), FITTED_RESAMPLES);
    },
  };
}

function overResamples(
  { confidence, correct }: SortedConfidence,
  of: (docs: SortedConfidence) => number,
  resamples?: number,
): number {
  return bootstrapStderr(
    correct.length,
    (counts) => of({ confidence: drawn(confidence, counts), correct: drawn(correct, counts) }),
    resamples,
  );
}

function sorted(docs: readonly DocValue[]): SortedConfidence {
  return sortByConfidence(
    docs.map(({ value }) => value),
    docs.map(({ parts }) => parts?.correct ?? 0),
  );
}
