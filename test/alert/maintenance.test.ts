import { expect, it } from 'vitest';
import { type MaintenanceWindow, maintenanceEnd } from '../../src/alert/maintenance.ts';

const window = (about: Partial<MaintenanceWindow>): MaintenanceWindow => ({
  from: '22:00',
  until: '02:00',
  days: [],
  time_zone: 'UTC',
  runs: [],
  ...about,
});
const run = { id: 'pretrain-7b', name: 'Pretrain 7B' };
const end = (at: string, ...windows: MaintenanceWindow[]) => {
  const ms = maintenanceEnd(Date.parse(at), run, windows);
  return ms === null ? null : new Date(ms).toISOString();
};

it('lasts once from one point of time up to another', () => {
  const once = window({ from: '2026-12-01T22:00:00+08:00', until: '2026-12-01T23:00:00+08:00' });
  expect(end('2026-12-01T13:59:59Z', once)).toBeNull();
  expect(end('2026-12-01T14:00:00Z', once)).toBe('2026-12-01T15:00:00.000Z');
  expect(end('2026-12-01T15:00:00Z', once)).toBeNull();
});

it('comes again on its days, over midnight, by the clock of its time zone', () => {
  // 2026-11-28 is a Saturday.
  const weekly = window({ days: ['sat'], time_zone: 'Asia/Shanghai' });
  expect(end('2026-11-28T13:59:00Z', weekly)).toBeNull();
  expect(end('2026-11-28T14:00:30Z', weekly)).toBe('2026-11-28T18:00:00.000Z');
  expect(end('2026-11-28T17:59:59Z', weekly)).toBe('2026-11-28T18:00:00.000Z');
  expect(end('2026-11-29T14:30:00Z', weekly)).toBeNull();
});

it('a whole day is one, and windows that follow each other are one', () => {
  const days = window({ from: '00:00', until: '00:00', days: ['sat', 'sun'] });
  expect(end('2026-11-28T09:00:00Z', days)).toBe('2026-11-30T00:00:00.000Z');
  expect(end('2026-11-30T00:00:00Z', days)).toBeNull();
});

it('is for the runs it names, by id or name, with wildcards', () => {
  const at = '2026-11-28T23:00:00Z';
  for (const runs of [['pretrain-7b'], ['Pretrain 7B'], ['pretrain-*'], ['sft', '*7?']])
    expect(end(at, window({ runs }))).not.toBeNull();
  expect(end(at, window({ runs: ['sft-*'] }))).toBeNull();
});
