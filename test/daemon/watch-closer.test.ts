import { afterEach, expect, it } from 'vitest';
import { watchRunCloser } from '../../src/daemon/watch-run-closer.ts';
import type { PlanSlice } from '../../src/domain/plan.ts';
import { watchCloser } from '../../src/strategy/watch-closer.ts';
import { NODE, RUN, seedStore } from '../api/seeded-store.ts';
import { plannable } from '../fakes/strategy-input.ts';

let close = () => {};
afterEach(() => close());

const wishOf = (parts: object = {}) => ({
  capabilities: [NODE],
  checkpoints: 2,
  reason: 'new mix',
  by: 'wei',
  ...parts,
});

it('counts from the next checkpoint on, for so many of them, and is then used up', () => {
  const seeded = seedStore();
  close = seeded.close;
  const { store } = seeded;
  const newest = Math.max(...store.checkpoints.ofRun(RUN).map(({ step }) => step));
  watchRunCloser(store, RUN, wishOf());
  expect(store.watchCloser.activeAt(RUN, newest)).toBeNull();
  const add = (step: number) => store.checkpoints.add({ run: RUN, step, path: `/out/${step}`, format: 'hugging-face' });
  add(newest + 100);
  expect(store.watchCloser.activeAt(RUN, newest + 100)).toMatchObject({ capabilities: [NODE], by: 'wei' });
  expect(store.watchCloser.left(RUN)?.checkpoints).toBe(1);
  add(newest + 200);
  expect(store.watchCloser.activeAt(RUN, newest + 200)).not.toBeNull();
  add(newest + 300);
  expect(store.watchCloser.activeAt(RUN, newest + 300)).toBeNull();
  expect(store.watchCloser.left(RUN)).toBeNull();
});

it('is refused for what nothing measures, and taken back with zero', () => {
  const seeded = seedStore();
  close = seeded.close;
  expect(() => watchRunCloser(seeded.store, RUN, wishOf({ capabilities: ['advanced.contxt'] }))).toThrow(
    /Nothing of this run measures advanced\.contxt/,
  );
  watchRunCloser(seeded.store, RUN, wishOf());
  watchRunCloser(seeded.store, RUN, wishOf({ checkpoints: 0 }));
  expect(seeded.store.watchCloser.left(RUN)).toBeNull();
});

it('puts what is meant first and on all its docs, and leaves the rest of the plan', () => {
  const tasks = [
    plannable('facts', { capabilities: ['basic.knowledge.factual'], size: 1000 }),
    plannable('sums', { capabilities: ['basic.reasoning.symbolic'], size: 900 }),
  ];
  const slice = (task: string): PlanSlice => ({
    task,
    taskHash: 'h',
    capabilities: [],
    from: 0,
    docs: 300,
    chosen: null,
    reason: 'r',
    couldChange: 'c',
    expectedSeconds: null,
  });
  const planned = { slices: [slice('facts'), slice('sums')], leftOut: [] };
  const wish = { run: 'r', fromStep: 100, at: 0, ...wishOf({ capabilities: ['basic.reasoning'] }) };
  const { slices } = watchCloser(planned, wish, tasks, new Map([['sums', 0.1]]));
  expect(slices.map(({ task, docs }) => [task, docs])).toEqual([
    ['sums', 900],
    ['facts', 300],
  ]);
  expect(slices[0]).toMatchObject({
    expectedSeconds: 90,
    reason: expect.stringContaining('wei asked to watch basic.reasoning closer'),
  });
  expect(slices[0]?.reason).toContain('new mix');
});
