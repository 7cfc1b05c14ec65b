import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { aggregationOf } from '../../src/evaluation/scoring/aggregation.ts';
import { bootstrapStderr, drawn } from '../../src/evaluation/scoring/bootstrap.ts';
import { equalMassError, mostConfidentFirst, sortByConfidence } from '../../src/evaluation/scoring/calibration.ts';
import { fitPlatt } from '../../src/evaluation/scoring/platt-scaling.ts';

interface Recorded {
  readonly name: string;
  readonly confidence: readonly number[];
  readonly correct: readonly number[];
  readonly figures: Readonly<Record<string, number>>;
  readonly platt: (Readonly<Record<string, number>> & { readonly slope: number; readonly intercept: number }) | null;
}

const recorded: readonly Recorded[] = JSON.parse(
  readFileSync(new URL('./recorded/calibration/figures.json', import.meta.url), 'utf8'),
);

const docsOf = (confidence: readonly number[], correct: readonly number[]) =>
  confidence.map((value, i) => ({ value, parts: { correct: correct[i]! } }));

describe.each(recorded)('$name', ({ confidence, correct, figures, platt }) => {
  const docs = docsOf(confidence, correct);

  test('has the figures of the package that HELM calls', () => {
    expect(Object.keys(figures).length).toBeGreaterThanOrEqual(2);
    for (const [id, value] of Object.entries(figures)) expect(aggregationOf(id).value(docs)).toBeCloseTo(value, 12);
  });

  // Its optimiser stops early, ours does not.
  test.runIf(platt !== null && confidence.length > 10)('is scaled as there', () => {
    const fit = fitPlatt(sortByConfidence(confidence, correct))!;
    expect(fit.slope).toBeCloseTo(platt!.slope, 2);
    expect(fit.intercept).toBeCloseTo(platt!.intercept, 2);
    for (const id of ['platt_ece_10_bin', 'platt_ece_1_bin'])
      expect(aggregationOf(id).value(docs)).toBeCloseTo(platt![id]!, 3);
  });
});

test('a model that is always right needs no scaling: nothing is left of its error', () => {
  const docs = docsOf([0.6, 0.7, 0.8], [1, 1, 1]);
  expect(aggregationOf('platt_ece_10_bin').value(docs)).toBe(0);
  expect(aggregationOf('ece_1_bin').value(docs)).toBeCloseTo(0.3, 12);
});

/** The definition once more, the slow way: borders, then the bin of each doc. */
function naiveEqualMass(confidence: readonly number[], correct: readonly number[], bins: number): number {
  const ascending = [...confidence].sort((a, b) => a - b);
  const n = ascending.length;
  const parts: number[][] = [];
  for (let part = 0, at = 0; part < Math.min(bins, n); part++) {
    const size = Math.floor(n / Math.min(bins, n)) + (part < n % Math.min(bins, n) ? 1 : 0);
    parts.push(ascending.slice(at, at + size));
    at += size;
  }
  const borders = parts.slice(1).map((part, i) => (parts[i]!.at(-1)! + part[0]!) / 2);
  const edges = [...new Set([...borders, 1])].sort((a, b) => a - b);
  const inBin = edges.map(() => [] as number[]);
  confidence.forEach((value, i) => {
    inBin[edges.findIndex((edge) => value <= edge)]!.push(i);
  });
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  return inBin
    .filter((members) => members.length > 0)
    .map((members) => {
      const gap = mean(members.map((i) => confidence[i]!)) - mean(members.map((i) => correct[i]!));
      return (members.length / n) * Math.abs(gap);
    })
    .reduce((a, b) => a + b, 0);
}

const someDocs = fc.array(
  fc.tuple(
    // Many ties, and values that are no round number.
    fc.oneof(
      fc.integer({ min: 1, max: 20 }).map((k) => k / 20),
      fc.double({ min: 0.05, max: 1, noNaN: true }),
    ),
    fc.integer({ min: 0, max: 1 }),
  ),
  { minLength: 1, maxLength: 120 },
);

test('bins of equal mass are those of the definition, ties and all', () => {
  fc.assert(
    fc.property(someDocs, fc.integer({ min: 1, max: 12 }), (docs, bins) => {
      const confidence = docs.map(([value]) => value);
      const correct = docs.map(([, right]) => right);
      const fast = equalMassError(sortByConfidence(confidence, correct), bins);
      expect(fast).toBeCloseTo(naiveEqualMass(confidence, correct, bins), 10);
    }),
  );
});

test('no order of the docs changes an error of calibration; selective figures take equals in the order of the docs', () => {
  fc.assert(
    fc.property(someDocs, (docs) => {
      const pairs = docs.map(([value, correct]) => ({ value, parts: { correct } }));
      const turned = [...pairs].reverse();
      for (const id of ['ece_10_bin', 'ece_1_bin'])
        expect(aggregationOf(id).value(turned)).toBeCloseTo(aggregationOf(id).value(pairs), 10);
      const order = pairs.map((_, i) => i).sort((a, b) => pairs[b]!.value - pairs[a]!.value || a - b);
      const expected = order.map((i) => pairs[i]!.parts.correct);
      const sorted = sortByConfidence(
        pairs.map(({ value }) => value),
        pairs.map(({ parts }) => parts.correct),
      );
      expect([...mostConfidentFirst(sorted)]).toEqual(expected);
      let right = 0;
      const accuracies = expected.map((one, k) => {
        right += one;
        return right / (k + 1);
      });
      const area = accuracies.reduce((a, b) => a + b, 0) / accuracies.length;
      expect(aggregationOf('selective_cov_acc_area').value(pairs)).toBeCloseTo(area, 10);
      expect(aggregationOf('selective_acc@10').value(pairs)).toBeCloseTo(
        accuracies[Math.floor(0.1 * order.length)]!,
        10,
      );
    }),
  );
});

test('the bootstrap finds the standard error of a mean, the same on every run', () => {
  const values = Float64Array.from({ length: 400 }, (_, i) => Math.sin(i * 12.9898) * 3);
  const mean = (some: Float64Array) => some.reduce((a, b) => a + b, 0) / some.length;
  const centre = mean(values);
  const exact = Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / 400 / 400);
  const found = bootstrapStderr(400, (counts) => mean(drawn(values, counts)));
  expect(Math.abs(found / exact - 1)).toBeLessThan(0.15);
  expect(bootstrapStderr(400, (counts) => mean(drawn(values, counts)))).toBe(found);
  expect(bootstrapStderr(1, () => 0)).toBeNaN();
});
