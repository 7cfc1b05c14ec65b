/**
 * How far a model's confidence can be trusted, over (confidence, right or wrong) of the docs of a choice task. Definitions are HELM's
 * (Liang et al. 2022, with Kumar et al. 2019 for the bins). Pure.
 */

/** The docs in ascending order of confidence; equals stay in the order of the docs. */
export interface SortedConfidence {
  /** Probability of the choice taken, among the choices: 0 to 1. */
  readonly confidence: Float64Array;
  /** 1 where that choice is right, else 0. */
  readonly correct: Float64Array;
}

export function sortByConfidence(confidence: readonly number[], correct: readonly number[]): SortedConfidence {
  const order = Array.from(confidence, (_, i) => i).sort((a, b) => confidence[a]! - confidence[b]! || a - b);
  return {
    confidence: Float64Array.from(order, (i) => confidence[i]!),
    correct: Float64Array.from(order, (i) => correct[i]!),
  };
}

/**
 * Expected calibration error over bins of equal mass: sum over bins of share x |mean confidence - accuracy|. The sorted docs are cut
 * into `bins` parts of like size (the first ones get what is left over); a border lies in the middle between two parts, a doc on a
 * border belongs below it, and borders that coincide are one, so equal confidences are never torn apart.
 */
export function equalMassError({ confidence, correct }: SortedConfidence, bins: number): number {
  const n = confidence.length;
  const parts = Math.min(bins, n);
  let error = 0;
  let start = 0;
  for (let part = 1; part <= parts; part++) {
    const end = part === parts ? n : behindBorder(confidence, partEnd(n, parts, part), start);
    error += binGap(confidence, correct, start, end);
    start = end;
  }
  return error / n;
}

/** |mean confidence - accuracy|: all docs in one bin. */
export function oneBinError({ confidence, correct }: SortedConfidence): number {
  return binGap(confidence, correct, 0, confidence.length) / confidence.length;
}

/** Docs in the first `part` of `parts`: sizes differ by one at most, the larger ones first. */
function partEnd(n: number, parts: number, part: number): number {
  return part * Math.floor(n / parts) + Math.min(part, n % parts);
}

/** First place above the border between the docs at `place - 1` and `place`. */
function behindBorder(confidence: Float64Array, place: number, start: number): number {
  const border = (confidence[place - 1]! + confidence[place]!) / 2;
  let end = Math.max(place, start);
  while (end < confidence.length && confidence[end]! <= border) end++;
  return end;
}

/** |sum of confidence - sum of right ones| over [start, end). */
function binGap(confidence: Float64Array, correct: Float64Array, start: number, end: number): number {
  let gap = 0;
  for (let i = start; i < end; i++) gap += confidence[i]! - correct[i]!;
  return Math.abs(gap);
}

/**
 * Area under the coverage-accuracy curve: the mean, over k = 1..n, of the accuracy of the k most confident docs.
 * @param descending 1 or 0 by doc, the most confident first
 */
export function coverageAccuracyArea(descending: Float64Array): number {
  let right = 0;
  let area = 0;
  for (let k = 0; k < descending.length; k++) {
    right += descending[k]!;
    area += right / (k + 1);
  }
  return area / descending.length;
}

/** Accuracy of the most confident tenth, HELM's `selective_acc@10`: the first floor(n / 10) + 1 docs. */
export function accuracyOfTopTenth(descending: Float64Array): number {
  const last = Math.floor(0.1 * descending.length);
  let right = 0;
  for (let k = 0; k <= last; k++) right += descending[k]!;
  return right / (last + 1);
}

/** Right or wrong with the most confident first; equal confidences in the order of the docs. */
export function mostConfidentFirst({ confidence, correct }: SortedConfidence): Float64Array {
  const descending = new Float64Array(correct.length);
  let at = 0;
  for (let end = correct.length; end > 0; ) {
    let start = end - 1;
    while (start > 0 && confidence[start - 1] === confidence[start]) start--;
    for (let i = start; i < end; i++) descending[at++] = correct[i]!;
    end = start;
  }
  return descending;
}
