import { expect, it } from 'vitest';
import { calmSeries, type FiredAlert, flappingState, seriesOfAlert } from '../../src/alert/flapping.ts';
import { alert, member } from './fixtures.ts';

const settings = { times: 3, within: 1_000, calm_after: 500 };
const fired = (createdAt: number, about: Partial<FiredAlert> = {}): FiredAlert => ({
  run: 'r',
  kind: 'stalled',
  members: [],
  createdAt,
  stateAt: createdAt,
  held: null,
  ...about,
});
const flapping = { by: 'flapping', cause: null } as const;

it('too many times within the time, and then until it is calm', () => {
  expect(flappingState([fired(0), fired(500)], settings, 500)).toBe('steady');
  expect(flappingState([fired(0), fired(500), fired(999)], settings, 999)).toBe('begins');
  expect(flappingState([fired(0), fired(500), fired(1_000)], settings, 1_000)).toBe('steady');
  expect(flappingState([fired(0, { held: flapping }), fired(9_000)], settings, 9_000)).toBe('lasts');
  expect(
    flappingState(
      [1, 2, 3, 4].map((at) => fired(at)),
      { ...settings, times: null },
      5,
    ),
  ).toBe('steady');
});

it('the same capabilities are the same trouble, in whatever order', () => {
  const [a, b] = [member({ capability: 'a' }), member({ capability: 'b' })];
  expect(seriesOfAlert(alert({ members: [a, b] }))).toBe(seriesOfAlert(alert({ members: [b, a], id: 'later' })));
  expect(seriesOfAlert(alert({ members: [a] }))).not.toBe(seriesOfAlert(alert({ members: [a, b] })));
});

it('is calm when its last change, not the first, is long ago', () => {
  const held = [fired(0, { held: flapping }), fired(100, { held: flapping, stateAt: 300 }), fired(0, { run: 's' })];
  expect(calmSeries(held, settings, 500)).toEqual([[held[2]]]);
  expect(calmSeries(held, settings, 799)).toEqual([[held[2]]]);
  expect(calmSeries(held, settings, 800)).toEqual([held.slice(0, 2), [held[2]]]);
});
