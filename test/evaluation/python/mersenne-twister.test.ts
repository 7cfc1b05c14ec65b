import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createPythonRandom } from '../../../src/evaluation/python/mersenne-twister.ts';

const first = (seed: number, n: number) => {
  const random = createPythonRandom(seed);
  return Array.from({ length: n }, () => random.uint32());
};

// Values from CPython 3.11: [random.Random(seed).getrandbits(32) ...] and random.Random(1234).sample(range(n), k) one after another.
test('gives the numbers of Python', () => {
  expect(first(1234, 5)).toEqual([4150886329, 3342196574, 1892932127, 501869158, 32175636]);
  expect(first(1234, 700).slice(-3)).toEqual([415586772, 2346577340, 2395385490]);
  expect(first(0, 3)).toEqual([3626764237, 1654615998, 3255389356]);
  expect(first(2 ** 40 + 5, 3)).toEqual([2166296868, 2220160828, 1153647273]);
});

test('draws the samples of Python, small populations and large', () => {
  const random = createPythonRandom(1234);
  const expected: readonly (readonly [number, number, readonly number[]])[] = [
    [5, 5, [3, 0, 4, 2, 1]],
    [20, 3, [2, 3, 11]],
    [21, 3, [7, 0, 19]],
    [22, 3, [0, 11, 20]],
    [1000, 5, [638, 495, 630, 474, 152]],
    [1000, 8, [93, 187, 730, 117, 865, 14, 515, 498]],
    [85, 8, [31, 8, 69, 59, 83, 76, 11, 65]],
    [86, 6, [74, 5, 34, 71, 8, 82]],
    [100_000, 4, [39639, 63050, 46561, 34924]],
    [1, 1, [0]],
    [3, 0, []],
  ];
  for (const [n, k, indices] of expected) expect(random.sampleIndices(n, k)).toEqual(indices);
});

test('a sample never repeats and stays within the population', () => {
  fc.assert(
    fc.property(fc.nat(2 ** 32), fc.integer({ min: 1, max: 300 }), fc.nat(300), (seed, n, k) => {
      fc.pre(k <= n);
      const drawn = createPythonRandom(seed).sampleIndices(n, k);
      return new Set(drawn).size === k && drawn.every((i) => i >= 0 && i < n);
    }),
  );
  expect(() => createPythonRandom(1).sampleIndices(2, 3)).toThrow(RangeError);
});

test('draws with repetition as random.choices does', () => {
  const draw = (random: ReturnType<typeof createPythonRandom>, n: number, k: number) => {
    const places = new Uint32Array(k);
    random.fillChoices(places, n);
    return [...places];
  };
  const three = createPythonRandom(3);
  expect([draw(three, 10, 5), draw(three, 10, 5)]).toEqual([
    [2, 5, 3, 6, 6],
    [0, 0, 8, 2, 2],
  ]);
  const long = createPythonRandom(99);
  const thousand = draw(long, 1000, 1000);
  expect([...thousand.slice(0, 4), ...thousand.slice(-4)]).toEqual([403, 200, 178, 248, 509, 252, 132, 154]);
  expect(thousand.reduce((sum, one) => sum + one)).toBe(491192);
  expect(draw(long, 7, 700).reduce((sum, one) => sum + one)).toBe(2024);
  expect(long.uint32()).toBe(723820165);
  // After an odd number of outputs a draw lies on both sides of the next twist.
  const odd = createPythonRandom(3);
  odd.uint32();
  const places = draw(odd, 1000, 1000);
  expect([...places.slice(0, 3), ...places.slice(310, 314)]).toEqual([592, 130, 915, 341, 852, 25, 115]);
  expect(places.reduce((sum, one) => sum + one)).toBe(496729);
});
