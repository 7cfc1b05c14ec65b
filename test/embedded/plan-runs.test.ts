/** Readings -> tree -> runs -> numbers: whatever the readings, each token sees exactly its own beginning, and each question is answered once. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Limits } from '../../src/embedded/limits.ts';
import { packRun } from '../../src/embedded/reading/packing.ts';
import { planRuns, type Run } from '../../src/embedded/reading/plan-runs.ts';
import { buildTree, markKnown, type Reading, type TreeNode } from '../../src/embedded/reading/prefix-tree.ts';
import { NO_PAST } from '../../src/embedded/runtime.ts';

const LIMITS: Limits = {
  tokens: 24,
  rowTokens: 12,
  rows: 8,
  worthARun: 16,
  sequences: 4,
  cacheTokens: 1000,
  prefixBytes: 0,
};

/** Few different tokens, so that much is shared. */
const tokens = (minLength: number, maxLength: number) =>
  fc.array(fc.integer({ min: 0, max: 2 }), { minLength, maxLength });
const reading = fc
  .record({ context: tokens(1, 40), targets: tokens(1, 12) })
  .map(({ context, targets }): Reading => ({ context, tail: targets.slice(0, -1), targets }));
const readings = fc.array(reading, { minLength: 1, maxLength: 30 });

/** A stand-in for keys and values of a past: how many tokens it has. */
const pastOf = (run: Run<Reading>) => ({ ...NO_PAST, length: run.past.end });

function sequenceOf(node: TreeNode<Reading>): number[] {
  return node.parent === null ? [] : [...sequenceOf(node.parent), ...node.tokens];
}

describe('planRuns and packRun', () => {
  test('answer each question once, where the model has read its sequence and nothing else', () => {
    fc.assert(
      fc.property(readings, fc.option(fc.integer({ min: 1, max: 9 }), { nil: null }), (list, window) => {
        const answered = new Map<Reading, number[]>();
        const kept = new Set<TreeNode<Reading>>();
        const root = buildTree(list);
        for (const run of planRuns(root, LIMITS)) {
          if (run.rows.length === 0) continue;
          expect(run.past === root || kept.has(run.past)).toBe(true);
          if (run.keep !== null) kept.add(run.keep);
          const past = sequenceOf(run.past);
          const { input, asks } = packRun(run.rows, pastOf(run), window);
          const total = past.length + input.time;
          asks.forEach(({ reading: own, index }, at) => {
            const place = input.rows[input.askRows[at] as number] as number;
            const row = Math.floor(place / input.time);
            const sees = (mask: Float32Array) =>
              Array.from({ length: total }, (_, key) => key).filter((key) => mask[place * total + key] === 0);
            const tokenOf = (key: number) =>
              key < past.length ? past[key] : input.ids[row * input.time + key - past.length];
            const whole = [...own.context, ...own.tail].slice(0, own.context.length + index);
            expect(sees(input.mask).map(tokenOf)).toEqual(whole);
            if (window !== null) {
              expect(sees(input.windowMask as Float32Array).map(tokenOf)).toEqual(whole.slice(-window));
            }
            expect(input.positions[place]).toBe(whole.length - 1);
            expect(input.targets[at]).toBe(own.targets[index]);
            answered.set(own, [...(answered.get(own) ?? []), index]);
          });
        }
        for (const own of list) {
          expect(answered.get(own)?.toSorted((a, b) => a - b)).toEqual([...own.targets.keys()]);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('keep runs within the limits, unless a single question needs more', () => {
    fc.assert(
      fc.property(readings, (list) => {
        for (const { rows } of planRuns(buildTree(list), LIMITS)) {
          if (rows.length > 1) {
            expect(rows.length * Math.max(...rows.map((row) => row.tokens))).toBeLessThanOrEqual(LIMITS.tokens);
            expect(rows.reduce((sum, row) => sum + row.asked, 0)).toBeLessThanOrEqual(LIMITS.rows);
          }
          for (const row of rows) {
            expect(row.tokens).toBeLessThanOrEqual(2 * LIMITS.tokens);
            expect(row.asked).toBeLessThanOrEqual(LIMITS.rows);
          }
        }
      }),
    );
  });
});

/** Tokens that are read in all runs together. */
function tokensRead(list: readonly Reading[], limits: Limits, known: readonly number[] = []): number {
  const root = buildTree(list);
  markKnown(root, known);
  return planRuns(root, limits)
    .flatMap(({ rows }) => rows)
    .reduce((sum, { tokens: read }) => sum + read, 0);
}

describe('what is shared is read once', () => {
  const large: Limits = { ...LIMITS, tokens: 512, rowTokens: 256, rows: 300, worthARun: 64 };
  let next = 10;
  const fresh = (length: number) => Array.from({ length }, () => next++);
  const asked = (context: readonly number[], targets: readonly number[]): Reading => ({
    context,
    tail: targets.slice(0, -1),
    targets,
  });
  const shots = fresh(600);
  const docs = Array.from({ length: 50 }, () => [...shots, ...fresh(80)]);
  const few = docs.flatMap((context) => Array.from({ length: 4 }, () => asked(context, fresh(6))));

  test('a few-shot prefix of all docs, and a doc of all its choices', () => {
    expect(tokensRead(few, large)).toBe(600 + 50 * (80 + 4 * 5));
  });

  test('a prefix that is known from an earlier request is not read again', () => {
    expect(tokensRead(few, large, [...shots, 1, 2, 3])).toBe(50 * (80 + 4 * 5));
  });

  test('shots in another order share what they begin with', () => {
    const [a, b] = [fresh(120), fresh(120)];
    const orders = [
      [...a, ...b],
      [...b, ...a],
    ];
    const mixed = orders.flatMap((order) =>
      Array.from({ length: 20 }, () => asked([...order, ...fresh(50)], fresh(1))),
    );
    expect(tokensRead(mixed, large)).toBe(2 * 240 + 40 * 50);
  });

  test('choices that begin with the same words', () => {
    const [context, words] = [fresh(30), fresh(4)];
    const choices = Array.from({ length: 4 }, () => asked(context, [...words, ...fresh(2)]));
    expect(tokensRead(choices, large)).toBe(30 + 4 + 4);
  });
});
