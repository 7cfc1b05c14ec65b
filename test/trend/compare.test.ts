import { expect, test } from 'vitest';
import { compareCheckpoints } from '../../src/trend/compare.ts';
import { seriesPoints } from '../../src/trend/series.ts';
import { PLAIN_WORLD, type World, worldCheckpoints, worldTasks } from '../fakes/worlds.ts';

const WORLD: World = {
  ...PLAIN_WORLD,
  capabilities: 6,
  docs: 300,
  checkpoints: 4,
  accuracy: (c, t) => 0.6 - (c === 2 && t === 3 ? 0.15 : 0),
};
const history = [...worldCheckpoints(WORLD)];
const tasks = worldTasks(WORLD);

test('paired differences of two checkpoints, with the docs that flipped', () => {
  const compared = compareCheckpoints(history[2]!, history[3]!, tasks);
  const lost = compared.find(({ series }) => series.task === 'task_2')!;
  const [before, after] = [2, 3].map((t) => history[t]!.outcomes[2]!.values);
  const flips = [...before!.keys()].filter((i) => before![i] === 1 && after![i] === 0);
  expect(lost.lost.map(({ index }) => index)).toEqual(flips);
  expect(lost.difference).toBeCloseTo((lost.gained.length - lost.lost.length) / 300, 9);
  expect(lost.ci95[1]).toBeLessThan(0);
  expect(lost.adjustedP).toBeLessThan(0.001);
  expect(compared.filter(({ series, adjustedP }) => series.task !== null && adjustedP < 0.01)).toHaveLength(1);
  expect(compared.some(({ series }) => series.capability === '*')).toBe(true);
});

test('swapped sides: the other sign, lost and gained exchanged', () => {
  const forward = compareCheckpoints(history[2]!, history[3]!, tasks);
  const backward = compareCheckpoints(history[3]!, history[2]!, tasks);
  forward.forEach((each, i) => {
    expect(backward[i]!.difference).toBeCloseTo(-each.difference, 12);
    expect(backward[i]!.lost).toEqual(each.gained);
    expect(backward[i]!.p).toBeCloseTo(each.p, 12);
  });
});

test('what only one of them has is not compared', () => {
  const other = {
    ...history[3]!,
    outcomes: history[3]!.outcomes.map((o) => (o.task === 'task_1' ? { ...o, taskHash: 'new' } : o)),
  };
  expect(compareCheckpoints(history[2]!, other, tasks).some(({ series }) => series.task === 'task_1')).toBe(false);
});

test('points of a task have Wilson intervals, of a node its combined error; gaps are left out', () => {
  const task = seriesPoints({ capability: null, task: 'task_2', metric: 'acc' }, history, tasks);
  expect(task.map(({ step }) => step)).toEqual([100, 200, 300, 400]);
  expect(task[3]!.value).toBeLessThan(task[2]!.value - 0.08);
  expect(task[0]!.ci95[1] - task[0]!.ci95[0]).toBeCloseTo(0.11, 1);
  const holed = history.map((each, t) => (t === 1 ? { ...each, outcomes: each.outcomes.slice(1) } : each));
  const whole = seriesPoints({ capability: '*', task: null, metric: 'score' }, holed, tasks, () => 7);
  expect(whole.map(({ step }) => step)).toEqual([100, 300, 400]);
  expect(whole[0]!.n).toBe(1800);
  expect(whole[0]!.tokens).toBe(7);
  expect(whole[0]!.stderr).toBeLessThan(task[0]!.stderr / 2);
});
