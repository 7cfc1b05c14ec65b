import { expect, it } from 'vitest';
import { groupMembers, groupScores } from '../../src/evaluation/results/group-scores.ts';
import type { TaskGroup } from '../../src/evaluation/tasks/task-group.ts';

const group = (fields: Partial<TaskGroup>): TaskGroup => ({
  name: 'g',
  alias: 'G',
  version: '1',
  aggregates: [{ metric: 'acc', filters: null, weightBySize: true }],
  members: [],
  missing: [],
  ...fields,
});
const tasks = {
  a: { name: 'a', sample_len: 10, 'acc,none': 0.5, 'acc_stderr,none': 0.16666666666666666 },
  b: { name: 'b', sample_len: 30, 'acc,none': 0.9, 'acc_stderr,none': 0.05570860145311556, 'acc,strict': 0.4 },
};

// Expected figures: lm_eval.api.metrics 0.4.13, aggregate_subtask_metrics, pooled_sample_stderr and unweighted_mean_stderr.
it('weights by size and pools the errors', () => {
  const { g } = groupScores([group({ members: ['a', 'b'] })], tasks);
  expect(g).toMatchObject({
    alias: 'G',
    name: 'g',
    sample_len: 40,
    'acc,none': 0.8,
    sample_count: { 'acc,none': 40, 'acc,strict': 30 },
  });
  expect(g!['acc_stderr,none']).toBeCloseTo(
    Math.sqrt((9 * 10 * (1 / 36) + 29 * 30 * 0.05570860145311556 ** 2) / 38 / 40),
    12,
  );
  // Only one member has that pipeline, and no error for it.
  expect(g).toMatchObject({ 'acc,strict': 0.4, 'acc_stderr,strict': 'N/A' });
});

it('may count every task alike', () => {
  const aggregates = [{ metric: 'acc', filters: ['none'], weightBySize: false }];
  const { g } = groupScores([group({ members: ['a', 'b'], aggregates })], tasks);
  expect(g!['acc,none']).toBeCloseTo(0.7, 12);
  expect(g!['acc_stderr,none']).toBeCloseTo(Math.hypot(1 / 6, 0.05570860145311556) / 2, 12);
  expect(g).not.toHaveProperty('acc,strict');
});

it('a group around groups counts their tasks; what is missing is said', () => {
  const outer = group({ name: 'outer', members: [group({ members: ['a', 'c'], missing: ['d'] }), 'b'] });
  const scores = groupScores([outer], tasks);
  expect(Object.keys(scores)).toEqual(['g', 'outer']);
  expect(scores.outer).toMatchObject({ 'acc,none': 0.8, libra_missing_tasks: ['c'] });
  expect(scores.g).toMatchObject({ 'acc,none': 0.5, libra_missing_tasks: ['d', 'c'] });
  expect(groupMembers([outer])).toEqual({ g: ['a', 'c'], outer: ['g', 'b'] });
});

it('a group that aggregates nothing only has its name', () => {
  expect(groupScores([group({ members: ['a'], aggregates: [] })], tasks)).toEqual({ g: { name: 'g', alias: 'G' } });
});
