/** What every strategy keeps to, whatever it is given. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isProbe } from '../../src/domain/capability.ts';
import { docsBySlice, docsIn, expectedSecondsOf } from '../../src/domain/plan.ts';
import type { Planned, Strategy, StrategyInput } from '../../src/strategy/strategy.ts';
import { anyInput } from '../fakes/strategy-input.ts';

/** One sentence: a capital or a digit first, a full stop last, none between. */
const SENTENCE = /^[A-Z0-9](?:[^.?!]|[.?!](?=\S))*[.?]$/;

export function testStrategy(strategy: Strategy): void {
  const each = (check: (plan: Planned, input: StrategyInput) => void) =>
    fc.assert(fc.property(anyInput, (input) => check(strategy.plan(input), input)));

  describe(`strategy ${strategy.name}`, () => {
    it('plans the same for the same, in whatever order the tasks come', () =>
      each((plan, input) => {
        expect(strategy.plan(structuredClone(input))).toEqual(plan);
        expect(strategy.plan({ ...input, tasks: [...input.tasks].reverse() })).toEqual(plan);
      }));

    it('asks the first docs of a task, and more only behind them', () =>
      each(({ slices }, { tasks }) => {
        const asked = new Map<string, number>();
        for (const { task, from, docs, chosen, taskHash } of slices) {
          const known = tasks.find(({ name }) => name === task)!;
          expect(taskHash).toBe(known.hash);
          expect(from).toBe(asked.get(task) ?? 0);
          expect(docs).toBeGreaterThan(from);
          expect(docs).toBeLessThanOrEqual(known.size);
          expect(chosen?.every((index) => index >= docs) ?? true).toBe(true);
          asked.set(task, docs);
        }
        expect(docsBySlice(slices).map((docs) => docs.length)).toEqual(slices.map(docsIn));
      }));

    it('has one base slice a task, and every task is asked or left out with a reason', () =>
      each(({ slices, leftOut }, { tasks }) => {
        const bases = slices.filter(({ from }) => from === 0).map(({ task }) => task);
        expect(new Set(bases).size).toBe(bases.length);
        for (const { name } of tasks) {
          expect(bases.includes(name) || leftOut.some(({ task }) => task === name)).toBe(true);
        }
      }));

    it('asks probes first, and always', () =>
      each(({ slices }, { tasks }) => {
        const probes = tasks.filter(({ capabilities }) => capabilities.some(isProbe)).map(({ name }) => name);
        const first = slices.slice(0, probes.length).map(({ task }) => task);
        expect(new Set(first)).toEqual(new Set(probes));
      }));

    it('gives its reasons in one sentence each', () =>
      each(({ slices, leftOut }) => {
        for (const { reason, couldChange } of slices) {
          expect(reason).toMatch(SENTENCE);
          expect(couldChange).toMatch(SENTENCE);
        }
        for (const { reason } of leftOut) expect(reason).toMatch(SENTENCE);
      }));

    it('says what every slice costs once anything is known of costs, and costs add up', () =>
      each(({ slices, leftOut }, { history: { costs } }) => {
        const isKnown = costs.secondsPerDoc.size > 0;
        for (const { expectedSeconds } of [...slices, ...leftOut]) expect(expectedSeconds !== null).toBe(isKnown);
        const sum = slices.reduce((all, { expectedSeconds }) => all + (expectedSeconds ?? Number.NaN), 0);
        if (isKnown) expect(expectedSecondsOf(slices)).toBeCloseTo(sum, 6);
        for (const slice of slices) {
          const cost = costs.secondsPerDoc.get(slice.task);
          if (cost !== undefined) expect(slice.expectedSeconds).toBeCloseTo(cost * docsIn(slice), 6);
        }
      }));
  });
}
