/** What must hold of every comparison and verdict, whatever the outcomes. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Outcomes } from '../../src/domain/score.ts';
import type { MeasuredTask } from '../../src/domain/task.ts';
import type { CheckpointOutcomes, Verdict } from '../../src/domain/trend.ts';
import { compareCheckpoints } from '../../src/trend/compare.ts';
import { buildPanel } from '../../src/trend/doc-panel.ts';
import { holm } from '../../src/trend/holm.ts';
import { wilsonInterval } from '../../src/trend/interval.ts';
import { judgeCheckpoint } from '../../src/trend/judge.ts';
import { signFlipP } from '../../src/trend/sign-flip.ts';
import { clusteredMean } from '../fakes/clustered-mean.ts';
import { createRandom, PLAIN_WORLD, type World, worldCheckpoints, worldTasks } from '../fakes/worlds.ts';

const RUNS = { numRuns: 25, seed: 20240229 };

/** A small run whose first capability may fall, of any seed. */
const worlds = fc
  .record({
    seed: fc.integer({ min: 1, max: 1e6 }),
    drop: fc.constantFrom(0, 0.05, 0.15),
    docs: fc.integer({ min: 60, max: 200 }),
  })
  .map(
    ({ seed, drop, docs }): World => ({
      ...PLAIN_WORLD,
      seed,
      docs,
      capabilities: 3,
      checkpoints: 12,
      accuracy: (c, t) => 0.6 - (c === 0 && t >= 10 ? drop : 0),
    }),
  );

const changed = (history: readonly CheckpointOutcomes[], change: (one: Outcomes, t: number) => Outcomes) =>
  history.map((each, t) => ({ ...each, outcomes: each.outcomes.map((one) => change(one, t)) }));

function judge(world: World, change: (one: Outcomes, t: number) => Outcomes = (one) => one, tasks = worldTasks(world)) {
  return judgeCheckpoint({ history: changed([...worldCheckpoints(world)], change), tasks, openMembers: [] });
}

/** The numbers of a verdict to ten digits: sums in another order differ in the last ones. */
function told(verdicts: readonly Verdict[]) {
  const short = (value: number | null) => (value === null ? null : Number(value.toPrecision(6)) + 0);
  return verdicts.map(({ series, kind, value, difference, z, n }) => [
    series.capability ?? series.task,
    kind,
    short(value),
    difference === null ? null : Number(difference.toFixed(9)) + 0,
    z === null ? null : Number(z.toFixed(6)) + 0,
    n,
  ]);
}

describe('verdicts', () => {
  test('are the same however often they are asked for', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        expect(judge(world)).toEqual(judge(world));
      }),
      { ...RUNS, numRuns: 8 },
    );
  });

  test('do not depend on the order of the docs', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const random = createRandom(world.seed + 1);
        const keys = Array.from({ length: world.docs }, random.normal);
        const order = keys.map((_, i) => i).sort((a, b) => keys[a]! - keys[b]!);
        const shuffled = judge(world, (one) => ({
          ...one,
          values: Float32Array.from(order, (doc) => one.values[doc]!),
        }));
        expect(told(shuffled.verdicts)).toEqual(told(judge(world).verdicts));
      }),
      RUNS,
    );
  });

  test('do not depend on the names of checkpoints', () => {
    fc.assert(
      fc.property(worlds, fc.stringMatching(/^[a-z]{1,8}$/), (world, name) => {
        const history = [...worldCheckpoints(world)].map((each, t) => ({ ...each, checkpoint: `${name}-${t}` }));
        const renamed = judgeCheckpoint({ history, tasks: worldTasks(world), openMembers: [] });
        expect(told(renamed.verdicts)).toEqual(told(judge(world).verdicts));
      }),
      RUNS,
    );
  });

  test('of right answers counted as wrong ones turn round', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const inverse = judge(world, (one) => ({
          ...one,
          higherIsBetter: false,
          values: one.values.map((value) => 1 - value),
        }));
        const plain = judge(world);
        for (const verdict of plain.verdicts.filter(({ series }) => series.task !== null)) {
          const other = inverse.verdicts.find(({ series }) => series.task === verdict.series.task)!;
          // An error rate that rises is the accuracy that falls: same verdict, same evidence, the difference with the other sign.
          expect(other.kind).toBe(verdict.kind);
          expect(other.difference).toBeCloseTo(-verdict.difference!, 9);
          expect(other.z).toBeCloseTo(verdict.z!, 6);
        }
      }),
      RUNS,
    );
  });

  test('a history without any change is never worse or better', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const first = worldCheckpoints(world).next().value as CheckpointOutcomes;
        const history = Array.from({ length: 14 }, (_, t) => ({ ...first, checkpoint: `still-${t}`, step: t + 1 }));
        const { verdicts, firing } = judgeCheckpoint({ history, tasks: worldTasks(world), openMembers: [] });
        expect(verdicts.every(({ kind, difference }) => kind === 'same' && Math.abs(difference!) < 1e-9)).toBe(true);
        expect(firing).toEqual([]);
      }),
      RUNS,
    );
  });

  test('of a metric without bounds keep their evidence when all outcomes are shifted or scaled', () => {
    fc.assert(
      fc.property(worlds, fc.constantFrom(2, 8, 64), fc.integer({ min: -4, max: 4 }), (world, factor, shift) => {
        const random = createRandom(world.seed + 7);
        const base = Float64Array.from({ length: world.docs }, () => 5 + random.normal());
        const measured = (by: number, plus: number) =>
          judge(
            world,
            (one, t) => ({
              ...one,
              metric: 'own_scale',
              values: Float32Array.from(base, (value, doc) => (value + one.values[doc]! * 0.5 + t * 0.001) * by + plus),
            }),
            worldTasks(world).map((task) => ({ ...task, primaryMetric: 'own_scale' })),
          );
        // Powers of two: outcomes are stored as 32-bit numbers. The variance has a floor in units of 1, so the scale starts above it.
        const plain = measured(16, 0).verdicts;
        measured(16 * factor, shift).verdicts.forEach((verdict, i) => {
          const { kind, difference, ci95, z } = plain[i]!;
          expect(verdict.kind).toBe(kind);
          expect(verdict.difference! / factor).toBeCloseTo(difference!, 3);
          expect((verdict.ci95![1] - verdict.ci95![0]) / factor / (ci95![1] - ci95![0])).toBeCloseTo(1, 1);
          expect(Math.abs(verdict.z! - z!)).toBeLessThan(0.05);
        });
      }),
      { ...RUNS, numRuns: 12 },
    );
  });

  test('of a task are the same numbers with or without another capability, but for what both teach about jitter', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const tasks = worldTasks(world);
        const all = judge(world).verdicts.find(({ series }) => series.task === 'task_0')!;
        const alone = judge(world, (one) => one, tasks.slice(0, 1)).verdicts.find(
          ({ series }) => series.task === 'task_0',
        )!;
        expect(
          alone.value === null || all.windowSize !== alone.windowSize || Math.abs(alone.value - all.value!) < 1e-12,
        ).toBe(true);
        expect(alone.n).toBe(all.n);
        if (all.windowSize === alone.windowSize && all.referenceSteps.length === alone.referenceSteps.length)
          expect(alone.difference).toBe(all.difference);
        expect([all.kind, alone.kind].sort().join()).not.toBe('better,worse');
      }),
      RUNS,
    );
  });

  test('with numbers have only finite ones, also where docs are missing here and there', () => {
    fc.assert(
      fc.property(worlds, fc.integer({ min: 0, max: 40 }), (world, missing) => {
        const random = createRandom(world.seed + 3);
        const { verdicts } = judge(world, (one) => {
          const values = one.values.slice();
          for (let i = 0; i < missing; i++)
            values[Math.floor(Math.abs(random.normal()) * 20) % values.length] = Number.NaN;
          return { ...one, values };
        });
        expect(verdicts.length).toBeGreaterThan(0);
        for (const { value, reference, difference, ci95, z, reason } of verdicts) {
          for (const each of [value, reference, difference, z, ...(ci95 ?? [])])
            expect(each === null || Number.isFinite(each)).toBe(true);
          expect(reason).not.toMatch(/NaN|Infinity|undefined/);
        }
      }),
      RUNS,
    );
  });
});

describe('two checkpoints', () => {
  const task: MeasuredTask = { name: 'own', capabilities: [], primaryMetric: 'own' };
  const outcomesOf = (checkpoint: string, step: number, values: readonly number[]): CheckpointOutcomes => ({
    checkpoint,
    step,
    outcomes: [{ task: 'own', metric: 'own', taskHash: 'h', higherIsBetter: true, values: Float32Array.from(values) }],
  });
  const compared = (a: readonly number[], b: readonly number[]) =>
    compareCheckpoints(outcomesOf('a', 1, a), outcomesOf('b', 2, b), [task])[0]!;
  const pairs = fc.array(fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: 0, max: 1 })), {
    minLength: 8,
    maxLength: 150,
  });
  const sides = (docs: readonly (readonly [number, number])[]) =>
    [docs.map(([a]) => a), docs.map(([, b]) => b)] as const;

  test('swapped have the difference with the other sign, the same p and the same docs flipped', () => {
    fc.assert(
      fc.property(pairs, (docs) => {
        const [a, b] = sides(docs);
        const [there, back] = [compared(a, b), compared(b, a)];
        expect(back.difference).toBeCloseTo(-there.difference, 12);
        expect(back.ci95[0]).toBeCloseTo(-there.ci95[1], 12);
        expect(back.p).toBeCloseTo(there.p, 12);
        expect(back.lost).toEqual(there.gained);
      }),
      RUNS,
    );
  });

  test('the difference is that of the means, inside its interval', () => {
    fc.assert(
      fc.property(pairs, (docs) => {
        const { difference, a, b, ci95, p } = compared(...sides(docs));
        expect(difference).toBeCloseTo(b - a, 12);
        expect(ci95[0]).toBeLessThanOrEqual(difference);
        expect(ci95[1]).toBeGreaterThanOrEqual(difference);
        expect(p >= 0 && p <= 1).toBe(true);
      }),
      RUNS,
    );
  });

  test('three docs that all fell are no proof', () => {
    expect(compared([1, 1, 1], [0, 0, 0]).p).toBeCloseTo(0.25, 12);
  });

  test('more docs of the same kind never widen the interval', () => {
    fc.assert(
      fc.property(pairs, fc.integer({ min: 2, max: 6 }), (docs, times) => {
        const [a, b] = sides(docs);
        const more = compared(
          Array.from({ length: times }, () => a).flat(),
          Array.from({ length: times }, () => b).flat(),
        );
        const { ci95 } = compared(a, b);
        expect(more.ci95[1] - more.ci95[0]).toBeLessThan(ci95[1] - ci95[0]);
      }),
      RUNS,
    );
  });
});

describe('contrasts of a panel', () => {
  const columns = fc.tuple(fc.integer({ min: 5, max: 60 }), fc.integer({ min: 0, max: 1e6 })).map(([docs, seed]) => {
    const random = createRandom(seed);
    return Array.from({ length: 4 }, () => Float32Array.from({ length: docs }, () => (random.normal() > 0 ? 1 : 0)));
  });
  const panelOf = (values: readonly Float32Array[]) =>
    buildPanel(values.map((each) => ({ task: 't', metric: 'acc', taskHash: 'h', higherIsBetter: true, values: each })));

  test('turn their sign when now and reference are swapped', () => {
    fc.assert(
      fc.property(columns, (values) => {
        const panel = panelOf(values);
        const [there, back] = [panel.contrast([2, 3], [0, 1]), panel.contrast([0, 1], [2, 3])];
        expect(back.difference).toBeCloseTo(-there.difference, 12);
        expect(back.variance).toBeCloseTo(there.variance, 12);
      }),
      RUNS,
    );
  });

  test('are the mean and the variance of the mean of the per-doc differences', () => {
    fc.assert(
      fc.property(columns, (values) => {
        const docs = values[0]!.length;
        const own = Array.from({ length: docs }, (_, i) => values[3]![i]! - (values[0]![i]! + values[1]![i]!) / 2);
        const { difference, variance } = panelOf(values).contrast([3], [0, 1]);
        const plain = clusteredMean(own, []);
        expect(difference).toBeCloseTo(plain.mean, 10);
        // The floor of a doc's half lies on top.
        expect(variance - plain.variance).toBeGreaterThan(-1e-12);
        expect(variance - plain.variance).toBeLessThan(0.03 / docs ** 2);
      }),
      RUNS,
    );
  });
});

describe('clusters', () => {
  const values = fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 4, maxLength: 120 });

  test('of one doc each are independent docs', () => {
    fc.assert(
      fc.property(values, (docs) => {
        const found = clusteredMean(
          docs,
          docs.map((_, i) => i),
        );
        const mean = docs.reduce((sum, each) => sum + each, 0) / docs.length;
        const variance = docs.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (docs.length - 1) / docs.length;
        expect(found.mean).toBeCloseTo(mean, 12);
        expect(found.variance).toBeCloseTo(variance, 12);
      }),
      RUNS,
    );
  });

  test('of k copies of a doc tell as much as the docs once, but for k times as many rows', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 2, max: 5 }), (docs, copies) => {
        const repeated = docs.flatMap((value) => Array.from({ length: copies }, () => value));
        const clusters = docs.flatMap((_, i) => Array.from({ length: copies }, () => i));
        expect(clusteredMean(repeated, clusters).variance).toBeCloseTo(clusteredMean(docs, []).variance, 12);
      }),
      RUNS,
    );
  });

  test('do not care what they are called, nor in which order docs come', () => {
    fc.assert(
      fc.property(values, (docs) => {
        const clusters = docs.map((_, i) => i % 7);
        const plain = clusteredMean(docs, clusters);
        const other = clusteredMean(
          [...docs].reverse(),
          [...clusters].reverse().map((each) => 100 - each),
        );
        expect(other.variance).toBeCloseTo(plain.variance, 12);
      }),
      RUNS,
    );
  });
});

test('a sign-flip p is the same for both signs, and 1 without any difference', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -9, max: 9 }), { maxLength: 24 }), (differences) => {
      const p = signFlipP(differences)!;
      expect(p > 0 && p <= 1).toBe(true);
      expect(signFlipP(differences.map((each) => -each))).toBeCloseTo(p, 12);
      if (differences.every((each) => each === 0)) expect(p).toBe(1);
    }),
    RUNS,
  );
});

test("Wilson's interval holds its proportion, mirrors, and narrows with more docs", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4000 }), fc.double({ min: 0, max: 1, noNaN: true }), (n, share) => {
      const p = Math.round(share * n) / n;
      const [low, high] = wilsonInterval(p, n);
      const mirrored = wilsonInterval(1 - p, n);
      const more = wilsonInterval(p, 3 * n);
      expect(low <= p && p <= high && low >= 0 && high <= 1).toBe(true);
      expect(mirrored[0]).toBeCloseTo(1 - high, 10);
      expect(more[1] - more[0]).toBeLessThan(high - low);
    }),
    RUNS,
  );
});

test('adjusted p are never below the plain ones and keep their order', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 }), (ps) => {
      const adjusted = holm(ps);
      ps.forEach((p, i) => {
        expect(adjusted[i]! >= p && adjusted[i]! <= 1).toBe(true);
        ps.forEach((other, j) => {
          if (p < other) expect(adjusted[i]!).toBeLessThanOrEqual(adjusted[j]!);
        });
      });
    }),
    RUNS,
  );
});
