import { describe, expect, it } from 'vitest';
import { budgetOf, fitBudget } from '../../src/strategy/budget.ts';
import { learnCosts, secondsPerDocOf } from '../../src/strategy/cost.ts';
import { saySeconds } from '../../src/strategy/say-seconds.ts';
import { planSlice } from '../fakes/plan-slice.ts';
import { plannable } from '../fakes/strategy-input.ts';

describe('costs', () => {
  const past = (perDoc: number, load = 5) => ({
    seconds: 300 * perDoc + load,
    slices: [
      { task: 'sums', docs: 200, seconds: 200 * perDoc },
      { task: 'sums', docs: 100, seconds: 100 * perDoc },
      { task: 'never', docs: 50, seconds: null },
    ],
  });

  it('are the median of the last five, over all slices of a task; one spoilt evaluation changes nothing', () => {
    const costs = learnCosts([past(0.1), past(0.1, 90), past(4), past(0.1), past(0.2), past(9), past(9)]);
    expect(costs.secondsPerDoc.get('sums')).toBeCloseTo(0.1, 12);
    expect(costs.secondsPerDoc.has('never')).toBe(false);
    expect(costs.loadSeconds).toBeCloseTo(5, 9);
    expect(learnCosts([])).toEqual({ secondsPerDoc: new Map(), loadSeconds: null });
  });

  it('of a task never asked are those of its kind, else those of others by how kinds compare', () => {
    const tasks = [
      plannable('known'),
      plannable('alike'),
      plannable('text', { outputType: 'loglikelihood' }),
      plannable('writes', { outputType: 'generate_until' }),
    ];
    const known = secondsPerDocOf(tasks, { secondsPerDoc: new Map([['known', 0.2]]), loadSeconds: null });
    expect([...known]).toEqual([
      ['known', 0.2],
      ['alike', 0.2],
      ['text', 0.1],
      ['writes', 2],
    ]);
    const nothing = secondsPerDocOf(tasks, learnCosts([]));
    expect([...nothing.values()]).toEqual([null, null, null, null]);
  });
});

describe('a budget', () => {
  const none = { secondsPerCheckpoint: null, share: null, secondsBetween: null };

  it('is the tighter of its limits', () => {
    expect(budgetOf(none)).toEqual({ seconds: null, reason: '' });
    expect(budgetOf({ ...none, share: 0.25 }).seconds).toBeNull();
    expect(budgetOf({ ...none, secondsPerCheckpoint: 60 })).toEqual({ seconds: 60, reason: '60 s a checkpoint' });
    expect(budgetOf({ secondsPerCheckpoint: 600, share: 0.25, secondsBetween: 1200 })).toEqual({
      seconds: 300,
      reason: '5 min, 25 % of the 20 min between checkpoints',
    });
    expect(budgetOf({ secondsPerCheckpoint: 60, share: 0.25, secondsBetween: 1200 }).seconds).toBe(60);
  });

  const wanted = (task: string, docs: number, expectedSeconds: number | null, isKept = false) => ({
    slice: planSlice({ task, docs, expectedSeconds, reason: 'It is worth it.' }),
    isKept,
  });

  it('cuts from the end of the order, keeps what must be asked, and cuts docs before it drops a task', () => {
    const order = [
      wanted('first', 300, 30),
      wanted('big', 1000, 100),
      wanted('small', 300, 3),
      wanted('kept', 300, 20, true),
    ];
    const { slices, leftOut } = fitBudget(order, { seconds: 75, reason: '75 s a checkpoint' }, 10);
    expect(slices.map(({ task, docs, expectedSeconds }) => [task, docs, expectedSeconds])).toEqual([
      ['first', 300, 30],
      ['big', 150, 15],
      ['kept', 300, 20],
    ]);
    expect(slices[1]?.reason).toBe('It is worth it; the budget has room for 150 of 1000 docs.');
    expect(leftOut).toEqual([
      {
        task: 'small',
        docs: 300,
        expectedSeconds: 3,
        reason:
          'It would take 3 s, and of the budget (75 s a checkpoint) that much is not left behind what comes before it.',
      },
    ]);
  });

  it('lets what is behind a task that has no room still fit, and asks what nobody knows the cost of', () => {
    const order = [wanted('big', 150, 100), wanted('small', 300, 3), wanted('new', 300, null)];
    const { slices, leftOut } = fitBudget(order, { seconds: 10, reason: '10 s' }, null);
    expect(slices.map(({ task }) => task)).toEqual(['small', 'new']);
    expect(leftOut.map(({ task }) => task)).toEqual(['big']);
  });
});

it('a budget with room for nothing still gets the fewest docs that tell anything', () => {
  const wanted = ['first', 'second'].map((task) => ({
    slice: planSlice({ task, docs: 300, expectedSeconds: 30, reason: 'It is worth it.' }),
    isKept: false,
  }));
  const { slices, leftOut } = fitBudget(wanted, { seconds: 5, reason: '5 s a checkpoint' }, 20);
  expect(slices).toEqual([
    expect.objectContaining({
      task: 'first',
      docs: 100,
      expectedSeconds: 10,
      reason: expect.stringContaining('room for nothing'),
    }),
  ]);
  expect(leftOut.map(({ task }) => task)).toEqual(['second']);
});

it('seconds are said as people say them', () => {
  expect([0.04, 3.2, 42, 119, 600, 90_000].map(saySeconds)).toEqual([
    '0.04 s',
    '3 s',
    '42 s',
    '119 s',
    '10 min',
    '25 h',
  ]);
});
