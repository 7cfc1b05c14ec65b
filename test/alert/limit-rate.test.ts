import { expect, it } from 'vitest';
import { type ChannelLoad, limitRate } from '../../src/alert/limit-rate.ts';

const decide = (load: Partial<ChannelLoad>, perHour = 30) =>
  limitRate({ urgent: 0, others: 0, held: 0, passedUrgent: 0, passedOthers: 0, ...load }, perHour);

it('lets through what there is room for', () => {
  expect(decide({ others: 30 })).toEqual({ passUrgent: 0, passOthers: 30, rest: 'none' });
  expect(decide({ others: 5, passedOthers: 25 })).toMatchObject({ passOthers: 5, rest: 'none' });
});

it('keeps one place for the message that sums up the rest, and waits while there is none', () => {
  expect(decide({ others: 31 })).toMatchObject({ passOthers: 29, rest: 'sum up' });
  expect(decide({ others: 2, passedOthers: 29 })).toMatchObject({ passOthers: 0, rest: 'sum up' });
  expect(decide({ others: 1, passedOthers: 30 })).toMatchObject({ passOthers: 0, rest: 'hold' });
});

it('what was held back goes out together, before news take its place', () => {
  expect(decide({ others: 3, held: 500, passedOthers: 28 })).toMatchObject({ passOthers: 1, rest: 'sum up' });
  expect(decide({ held: 500, passedOthers: 29 })).toMatchObject({ passOthers: 0, rest: 'sum up' });
});

it('nothing holds back critical regressions but more than an hour of them', () => {
  expect(decide({ urgent: 4, others: 900, passedOthers: 30 })).toMatchObject({ passUrgent: 4, rest: 'hold' });
  expect(decide({ urgent: 40 })).toEqual({ passUrgent: 30, passOthers: 0, rest: 'sum up' });
});
