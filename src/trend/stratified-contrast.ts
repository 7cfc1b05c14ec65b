/** A contrast over strata: what the first docs say against a whole window and what further docs say against the checkpoints that have them. */
import type { Contrast, ContrastOf } from './doc-panel.ts';
import { jitterSpread } from './jitter-memory.ts';
import type { Stratum } from './strata.ts';

/** Strata that have the same checkpoints on both sides, taken together. */
interface Part {
  readonly difference: number;
  readonly variance: number;
  readonly docs: number;
  readonly units: number;
  /** Weight of each checkpoint, as far as these docs have it. */
  readonly now: readonly number[];
  readonly reference: readonly number[];
}

/**
 * Parts are weighed by the inverse of their variance over docs and jitter (stratified estimation; Cochran 1977, chapter 5); the result says
 * what each checkpoint really weighs, so that its jitter can be counted exactly. Only strata that have all of `now` take part, and all of a
 * reference with weights of its own (a line), which cannot be cut short.
 * @param floor smallest variance of a mean of n units
 */
export function stratifiedContrast(strata: readonly Stratum[], floor: (units: number) => number): ContrastOf {
  return (now, reference, referenceWeights, jitter = 0) => {
    const parts = partsOf(strata, now, reference, referenceWeights);
    if (parts.length === 0) return NOTHING;
    if (parts.length === 1) return withFloor(parts[0]!, floor);
    const precision = parts.map(
      (part) =>
        1 / (part.variance + floor(part.units) + jitter * jitterSpread(now, reference, 0, part.reference, part.now)),
    );
    const total = precision.reduce((sum, each) => sum + each, 0);
    const share = precision.map((each) => each / total);
    const mixed = (read: (part: Part) => number, power = 1) =>
      parts.reduce((sum, part, i) => sum + share[i]! ** power * read(part), 0);
    const units = parts.reduce((sum, part) => sum + part.units, 0);
    const whole = withFloor(
      {
        difference: mixed((part) => part.difference),
        variance: mixed((part) => part.variance, 2),
        docs: parts.reduce((sum, part) => sum + part.docs, 0),
        units,
        now: now.map((_, i) => mixed((part) => part.now[i]!)),
        reference: reference.map((_, i) => mixed((part) => part.reference[i]!)),
      },
      floor,
    );
    return { ...whole, isSecondLook: true };
  };
}

const NOTHING: Contrast = { difference: Number.NaN, variance: Number.NaN, n: 0, units: 0 };

function withFloor(part: Part, floor: (units: number) => number): Contrast {
  const { difference, variance, docs, units, now, reference } = part;
  return {
    difference,
    variance: Math.max(0, variance) + floor(units),
    n: docs,
    units,
    weights: { now, reference },
  };
}

function partsOf(
  strata: readonly Stratum[],
  now: readonly number[],
  reference: readonly number[],
  referenceWeights: readonly number[] | undefined,
): Part[] {
  const sides: { readonly stratum: Stratum; readonly has: number; readonly older: number }[] = [];
  for (const stratum of strata) {
    // Which of the checkpoints these docs have, as the bits of a number.
    let [has, newer, older] = [0, 0, 0];
    for (const t of now) {
      has = 2 * has + Number(stratum.isMeasured[t]);
      newer += has % 2;
    }
    for (const t of reference) {
      has = 2 * has + Number(stratum.isMeasured[t]);
      older += has % 2;
    }
    // Docs that lack one of the newest checkpoints would let the others stand for the whole stretch: one freak among them would be a trend.
    if (newer === now.length && older > 0 && (!referenceWeights || older === reference.length))
      sides.push({ stratum, has, older });
  }
  const parts: Part[] = [];
  for (const [k, first] of sides.entries()) {
    if (sides.findIndex(({ has }) => has === first.has) < k) continue;
    const { isMeasured } = first.stratum;
    const weights = {
      now: now.map(() => 1 / now.length),
      reference: referenceWeights ?? reference.map((t) => (isMeasured[t] ? 1 / first.older : 0)),
    };
    const same = sides.filter(({ has }) => has === first.has);
    parts.push(pool(same.map(({ stratum }) => contrastIn(stratum, now, reference, weights))));
  }
  return parts;
}

/** A contrast w of the means m has difference w'm and variance w'Vw with V their covariance over docs, whatever the number of docs. */
function contrastIn(
  { means, covariance, docs, units }: Stratum,
  now: readonly number[],
  reference: readonly number[],
  weights: Pick<Part, 'now' | 'reference'>,
): Part {
  const size = means.length;
  const length = now.length + reference.length;
  const at = (k: number) => (k < now.length ? now[k]! : reference[k - now.length]!);
  const weightAt = (k: number) => (k < now.length ? weights.now[k]! : -weights.reference[k - now.length]!);
  let [difference, variance] = [0, 0];
  for (let k = 0; k < length; k++) {
    const mine = weightAt(k);
    if (mine === 0) continue;
    const row = at(k) * size;
    difference += mine * means[at(k)]!;
    variance += mine * mine * covariance[row + at(k)]!;
    for (let l = 0; l < k; l++) {
      const other = weightAt(l);
      if (other !== 0) variance += 2 * mine * other * covariance[row + at(l)]!;
    }
  }
  return { difference, variance, docs, units, ...weights };
}

/** As if their docs were one table: within and between them. */
function pool(parts: readonly Part[]): Part {
  const [first] = parts;
  if (parts.length === 1) return first!;
  const docs = parts.reduce((sum, part) => sum + part.docs, 0);
  const units = parts.reduce((sum, part) => sum + part.units, 0);
  const difference = parts.reduce((sum, part) => sum + part.docs * part.difference, 0) / docs;
  const squares = parts.reduce(
    (sum, part) => sum + part.docs * (part.docs - 1) * part.variance + part.docs * (part.difference - difference) ** 2,
    0,
  );
  return { ...first!, difference, variance: squares / Math.max(1, docs - 1) / docs, docs, units };
}
