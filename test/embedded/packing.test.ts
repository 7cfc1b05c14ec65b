import fc from 'fast-check';
import { expect, test } from 'vitest';
import { estimateMemory, requireMemory } from '../../src/embedded/memory.ts';
import { type Doc, lengthOf, packBatch, planBatches, targetsOf } from '../../src/embedded/packing.ts';
import { sampleToken, seededRandom } from '../../src/embedded/sampling.ts';
import { cutContext, rollingWindows } from '../../src/embedded/text/windows.ts';

const tokens = (min: number, max: number) => fc.array(fc.nat(99), { minLength: min, maxLength: max });
const doc = fc.record({
  context: tokens(1, 30),
  continuations: fc.array(tokens(0, 8), { minLength: 1, maxLength: 5 }),
});

test('every doc is in exactly one batch, and no batch passes the limits unless one doc does', () => {
  fc.assert(
    fc.property(
      fc.array(doc, { maxLength: 60 }),
      fc.integer({ min: 8, max: 200 }),
      fc.integer({ min: 4, max: 60 }),
      (docs, most, rows) => {
        const batches = planBatches(docs, { tokens: most, rows });
        const placed = batches.flatMap((batch) => batch.rows.flat());
        expect(new Set(placed)).toEqual(new Set(docs));
        expect(placed).toHaveLength(docs.length);
        for (const batch of batches) {
          for (const row of batch.rows)
            expect(row.reduce((sum, each) => sum + lengthOf(each), 0)).toBeLessThanOrEqual(batch.width);
          const single = batch.rows.flat().length === 1;
          if (!single) expect(batch.rows.length === 1 || batch.rows.length * batch.width <= most).toBe(true);
          if (!single)
            expect(batch.rows.flat().reduce((sum, each) => sum + targetsOf(each), 0)).toBeLessThanOrEqual(rows);
        }
      },
    ),
  );
});

test('a continuation sees its context and itself, and nothing else', () => {
  const docs: Doc[] = [
    {
      context: [1, 2],
      continuations: [
        [3, 4],
        [5, 6, 7],
      ],
    },
    { context: [8], continuations: [[9]] },
  ];
  const { input, answers } = packBatch({ width: 7, rows: [docs] });
  expect([...input.ids]).toEqual([1, 2, 3, 5, 6, 8, 0]);
  expect([...input.positions]).toEqual([0, 1, 2, 2, 3, 0, 0]);
  expect([...input.rows]).toEqual([1, 2, 1, 3, 4, 5]);
  expect([...input.targets]).toEqual([3, 4, 5, 6, 7, 9]);
  expect(answers.map(({ start }) => start)).toEqual([0, 5]);
  const seen = Array.from({ length: 7 }, (_, line) =>
    [...input.mask.subarray(line * 7, line * 7 + 7)].map((value) => (value === 0 ? 'x' : '.')).join(''),
  );
  expect(seen).toEqual(['x......', 'xx.....', 'xxx....', 'xx.x...', 'xx.xx..', '.....x.', '......x']);
});

test('a window keeps the last maxLength + 1 tokens', () => {
  const pair = { context: [1, 2, 3, 4, 5], continuation: [6, 7] };
  expect(cutContext(pair, 10)).toBe(pair);
  expect(cutContext(pair, 4)).toEqual({ context: [3, 4, 5], continuation: [6, 7] });
  expect(() => cutContext(pair, 1)).toThrow(/maximum context length is 1/);
});

test('rolling windows are disjoint and predict every token once', () => {
  expect(rollingWindows([1, 2, 3, 4, 5, 6, 7], 0, 3)).toEqual([
    { context: [0], continuation: [1, 2, 3] },
    { context: [3], continuation: [4, 5, 6] },
    { context: [4, 5, 6], continuation: [7] },
  ]);
  expect(rollingWindows([], 0, 3)).toEqual([]);
  fc.assert(
    fc.property(tokens(0, 50), fc.integer({ min: 1, max: 9 }), (text, length) => {
      const windows = rollingWindows(text, 0, length);
      expect(windows.flatMap(({ continuation }) => continuation)).toEqual(text);
      for (const { context, continuation } of windows)
        expect(context.length + continuation.length).toBeLessThanOrEqual(length + 1);
    }),
  );
});

test('sampling follows the probabilities, top_p and the seed', () => {
  const logprobs = Float32Array.from([0.5, 0.3, 0.15, 0.05], Math.log);
  const draw = (temperature: number, topP: number, seed: number) => {
    const random = seededRandom(seed);
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < 20_000; i++) counts[sampleToken(logprobs, { temperature, topP, random })]! += 1 / 20_000;
    return counts;
  };
  const plain = draw(1, 1, 7);
  for (const [id, expected] of [0.5, 0.3, 0.15, 0.05].entries()) expect(plain[id]).toBeCloseTo(expected, 1);
  expect(draw(1, 1, 7)).toEqual(plain);
  expect(draw(1, 1, 8)).not.toEqual(plain);
  expect(draw(1, 0.75, 7).slice(2)).toEqual([0, 0]);
  expect(draw(0.05, 1, 7)[0]).toBeGreaterThan(0.99);
  expect(sampleToken(Float32Array.of(Number.NaN, 0), { temperature: 1, topP: 1, random: Math.random })).toBe(-1);
});

test('memory is estimated from the weights and refused with both numbers', () => {
  const place = { dtype: 'BF16', shape: [49_152, 576], file: '', offset: 0, length: 0 };
  const estimate = estimateMemory(new Map([['a', place]]), 1536, { tokens: 512, distributions: 1e6, cache: 1e6 });
  expect(estimate.weights).toBe(4 * 49_152 * 576);
  expect(estimate.total).toBeGreaterThan(1.4 * estimate.weights);
  expect(() => requireMemory(estimate, 1e12)).not.toThrow();
  expect(() => requireMemory(estimate, 1e8)).toThrow(/needs about 0\.\d GB .* 0\.1 GB is free/);
});
