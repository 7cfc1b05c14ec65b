import { expect, it } from 'vitest';
import { findStrategy, planEvaluation } from '../../src/strategy/plan-evaluation.ts';
import { historyOf, plannable, strategyInput } from '../fakes/strategy-input.ts';

const task = (name: string, capability: string, size: number) => plannable(name, { capabilities: [capability], size });

const input = strategyInput({
  tasks: [
    task('sums', 'basic.reasoning.math', 1000),
    task('short', 'basic.knowledge', 40),
    task('zh', 'probe.lm', 500),
  ],
  history: historyOf({}, { sums: 0.01 }),
});

it('asks the first docs of every task, probes first, each with its reason and cost, learned or as that of its like', () => {
  const plan = planEvaluation('run-100', findStrategy('fixed'), input);
  expect(plan.id).toBe('plan-run-100');
  expect(plan.slices.map(({ task, docs, expectedSeconds }) => [task, docs, expectedSeconds])).toEqual([
    ['zh', 300, 3],
    ['short', 40, 0.4],
    ['sums', 300, 3],
  ]);
  expect(plan.slices[1]?.reason).toContain('All 40 docs');
  expect(plan.slices[2]?.reason).toContain('The first 300 of 1000 docs');
});

it('asks a perturbed variant last, and says what it is', () => {
  const variant = { of: 'short', perturbation: 'mild', changed: 17 };
  const tasks = [{ ...task('short~mild', 'x', 20), capabilities: [], variant }, ...input.tasks];
  const plan = planEvaluation('run-100', findStrategy('fixed'), { ...input, tasks });
  expect(plan.slices.at(-1)).toMatchObject({
    task: 'short~mild',
    docs: 20,
    reason: expect.stringContaining('The first 20 docs of short under mild, which changes 17:'),
  });
});

it('asks a handful for smoke', () => {
  expect(
    findStrategy('smoke')
      .plan(input)
      .slices.map((slice) => slice.docs),
  ).toEqual([20, 20, 20]);
});

it('names the strategies there are when asked for another', () => {
  expect(() => findStrategy('clever')).toThrow(
    expect.objectContaining({ code: 'LIBRA_CONFIG_INVALID', hint: expect.stringContaining('fixed') }),
  );
});
