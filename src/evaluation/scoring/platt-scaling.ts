/** Platt scaling: confidence = sigmoid(slope x logit + intercept), fitted to right and wrong (Platt 1999). Pure. */
import type { SortedConfidence } from './calibration.ts';

export interface PlattScaling {
  readonly slope: number;
  readonly intercept: number;
}

/** Keeps logits finite, as HELM does. */
const CLIP = 1e-12;
/** Inverse strength of the L2 penalty on the slope, so weak that it only keeps separable docs from running away. */
const INVERSE_PENALTY = 1e10;
const ROUNDS = 100;

/** Log-odds of a probability. */
export function logit(probability: number): number {
  const p = Math.min(Math.max(probability, CLIP), 1 - CLIP);
  return Math.log(p / (1 - p));
}

export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/**
 * The maximum-likelihood fit by Newton's method with step halving. With all docs right, or all wrong, there is nothing to fit: null.
 * @param start a fit of like docs, to begin from
 */
export function fitPlatt({ confidence, correct }: SortedConfidence, start?: PlattScaling): PlattScaling | null {
  const n = correct.length;
  const right = correct.reduce((sum, one) => sum + one, 0);
  if (right === 0 || right === n) return null;
  const logits = Float64Array.from(confidence, logit);
  let slope = start?.slope ?? 0;
  let intercept = start?.intercept ?? logit(right / n);
  let loss = lossOf(logits, correct, slope, intercept);
  for (let round = 0; round < ROUNDS; round++) {
    const step = newtonStep(logits, correct, slope, intercept);
    let [share, next] = [1, Number.POSITIVE_INFINITY];
    for (; share > 1e-9; share /= 2) {
      next = lossOf(logits, correct, slope - share * step.slope, intercept - share * step.intercept);
      if (next <= loss) break;
    }
    if (!(next <= loss)) break;
    slope -= share * step.slope;
    intercept -= share * step.intercept;
    const isDone = loss - next <= 1e-12 * Math.max(1, loss);
    loss = next;
    if (isDone) break;
  }
  return { slope, intercept };
}

/** The same docs with the confidences the fit gives them, in ascending order of those. */
export function rescale(docs: SortedConfidence, { slope, intercept }: PlattScaling): SortedConfidence {
  const confidence = Float64Array.from(docs.confidence, (value) => sigmoid(slope * logit(value) + intercept));
  if (slope >= 0) return { confidence, correct: docs.correct };
  return { confidence: confidence.reverse(), correct: docs.correct.slice().reverse() };
}

/** Negative log-likelihood (nats) with the penalty. */
function lossOf(logits: Float64Array, correct: Float64Array, slope: number, intercept: number): number {
  let loss = slope ** 2 / (2 * INVERSE_PENALTY);
  for (let i = 0; i < logits.length; i++) {
    const x = slope * logits[i]! + intercept;
    // log(1 + exp(x)) - y x, without overflow.
    loss += Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))) - correct[i]! * x;
  }
  return loss;
}

function newtonStep(logits: Float64Array, correct: Float64Array, slope: number, intercept: number): PlattScaling {
  let [g0, g1] = [0, slope / INVERSE_PENALTY];
  let [h00, h01, h11] = [0, 0, 1 / INVERSE_PENALTY];
  for (let i = 0; i < logits.length; i++) {
    const x = logits[i]!;
    const p = sigmoid(slope * x + intercept);
    const residual = p - correct[i]!;
    const weight = p * (1 - p);
    g0 += residual;
    g1 += residual * x;
    h00 += weight;
    h01 += weight * x;
    h11 += weight * x * x;
  }
  // A ridge keeps it solvable where all confidences are the same.
  const ridge = 1e-9 * (h00 + h11) + Number.MIN_VALUE;
  const determinant = (h00 + ridge) * (h11 + ridge) - h01 * h01;
  return {
    slope: ((h00 + ridge) * g1 - h01 * g0) / determinant,
    intercept: ((h11 + ridge) * g0 - h01 * g1) / determinant,
  };
}
