import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  abilityOf,
  chooseDocs,
  fitItems,
  type Item,
  type ItemBank,
  informationOfItem,
} from '../../src/strategy/item-response.ts';

/** Numbers in [0, 1) that are the same each time (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function normalOf(random: () => number): () => number {
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** A planted world: `docs` docs, and checkpoints of the abilities given that answer all of them, or those that `isAsked`. */
function plant(
  seed: number,
  docs: number,
  abilities: readonly number[],
  isAsked: (checkpoint: number, doc: number) => boolean = () => true,
) {
  const random = randomOf(seed);
  const normal = normalOf(random);
  const items = Array.from({ length: docs }, (): Item => ({ slope: Math.exp(0.4 * normal()), difficulty: normal() }));
  const answers = abilities.map((ability, at) =>
    Float32Array.from(items, ({ slope, difficulty }, doc) => {
      const right = random() < 1 / (1 + Math.exp(-slope * (ability - difficulty)));
      return isAsked(at, doc) ? Number(right) : Number.NaN;
    }),
  );
  return { items, answers };
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  const sum = (of: (at: number) => number) => a.reduce((all, _, at) => all + of(at), 0);
  const covariance = sum((at) => (a[at]! - meanA) * (b[at]! - meanB));
  return covariance / Math.sqrt(sum((at) => (a[at]! - meanA) ** 2) * sum((at) => (b[at]! - meanB) ** 2));
}

/** Log-odds from far below to far above the docs, as of a run that learns. */
const LEARNING = Array.from({ length: 60 }, (_, at) => -2 + (4 * at) / 59);

describe('item response', () => {
  it('recovers the difficulties, slopes and abilities that were planted', () => {
    const { items, answers } = plant(1, 400, LEARNING);
    const fitted = fitItems(answers)!;
    const known = fitted.map((item) => item!);
    const of = (part: keyof Item) =>
      correlation(
        items.map((item) => item[part]),
        known.map((item) => item[part]),
      );
    expect(of('difficulty')).toBeGreaterThan(0.93);
    expect(of('slope')).toBeGreaterThan(0.6);
    const abilities = answers.map((row) => abilityOf(fitted, row).value);
    expect(correlation(LEARNING, abilities)).toBeGreaterThan(0.99);
  });

  it('knows an ability within its error', () => {
    const { items, answers } = plant(
      2,
      300,
      Array.from({ length: 200 }, (_, at) => -1.5 + (3 * at) / 199),
    );
    const misses = answers.map((row, at) => {
      const { value, stderr } = abilityOf(items, row);
      return (value - (-1.5 + (3 * at) / 199)) / stderr;
    });
    const spread = Math.sqrt(misses.reduce((sum, miss) => sum + miss ** 2, 0) / misses.length);
    expect(spread).toBeGreaterThan(0.85);
    expect(spread).toBeLessThan(1.15);
  });

  it('knows docs that only some checkpoints answered, and says nothing of those that next to none did', () => {
    // Every tenth checkpoint answers all 400, the others the first 100; nobody the last ten.
    const { items, answers } = plant(3, 400, LEARNING, (at, doc) => doc < 100 || (at % 6 === 0 && doc < 390));
    const fitted = fitItems(answers)!;
    expect(fitted.slice(390)).toEqual(Array(10).fill(null));
    const later = fitted.slice(100, 390).map((item) => item!.difficulty);
    expect(
      correlation(
        items.slice(100, 390).map(({ difficulty }) => difficulty),
        later,
      ),
    ).toBeGreaterThan(0.75);
    expect(fitItems(answers.slice(0, 3))).toBeNull();
  });

  it('stays finite where all answers are alike', () => {
    const same = Array.from({ length: 6 }, () => Float32Array.from([1, 0, 1, 0]));
    for (const item of fitItems(same)!) {
      expect(Number.isFinite(item!.difficulty)).toBe(true);
      expect(item!.slope).toBeGreaterThan(0);
    }
    expect(Number.isFinite(abilityOf(fitItems(same)!, Float32Array.from([1, 1, 1, 1])).value)).toBe(true);
  });

  const item = fc.record({
    slope: fc.double({ min: 0.1, max: 4, noNaN: true }),
    difficulty: fc.double({ min: -4, max: 4, noNaN: true }),
  });

  it('holds most information where a doc is as hard as the checkpoint is able: a quarter of its squared slope', () => {
    fc.assert(
      fc.property(item, fc.double({ min: -6, max: 6, noNaN: true }), (one, ability) => {
        const peak = informationOfItem(one, one.difficulty);
        expect(peak).toBeCloseTo(one.slope ** 2 / 4, 12);
        expect(informationOfItem(one, ability)).toBeLessThanOrEqual(peak + 1e-12);
      }),
    );
  });

  it('does not depend on the order of the checkpoints', () => {
    const { answers } = plant(4, 60, LEARNING.slice(0, 20));
    const [a, b] = [fitItems(answers)!, fitItems([...answers].reverse())!];
    for (const [doc, one] of a.entries()) expect(one!.difficulty).toBeCloseTo(b[doc]!.difficulty, 3);
  });

  it('chooses docs only behind the base ones, each once, in order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.option(item), { maxLength: 60 }),
        fc.double({ min: -3, max: 3, noNaN: true }),
        fc.nat(40),
        fc.nat(20),
        (items: ItemBank, ability, from, count) => {
          const chosen = chooseDocs(items, ability, from, count);
          const there = items.flatMap((one, doc) => (one !== null && doc >= from ? [doc] : []));
          expect(chosen).toHaveLength(Math.min(count, there.length));
          expect(chosen).toEqual([...new Set(chosen)].sort((a, b) => a - b));
          expect(chosen.every((doc) => there.includes(doc))).toBe(true);
        },
      ),
    );
  });

  it('chosen docs narrow the ability more than as many others do, in a world they were not fitted on', () => {
    const abilities = [...LEARNING, 1.2];
    const { items, answers } = plant(5, 1200, abilities);
    const fitted = fitItems(answers.slice(0, -1))!;
    const base = 100;
    const next = answers.at(-1)!;
    const errorWith = (docs: readonly number[]) => {
      const asked = new Set([...Array(base).keys(), ...docs]);
      return abilityOf(
        items,
        next.map((value, doc) => (asked.has(doc) ? value : Number.NaN)),
      ).stderr;
    };
    const first = abilityOf(fitted, next.subarray(0, base)).value;
    const chosen = errorWith(chooseDocs(fitted, first, base, 100));
    const random = randomOf(6);
    const others = Array.from({ length: 20 }, () =>
      errorWith(Array.from({ length: 100 }, () => base + Math.floor(random() * 1100))),
    );
    expect(chosen).toBeLessThan(0.9 * Math.min(...others));
  });
});
