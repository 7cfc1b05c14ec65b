import { expect, it } from 'vitest';
import { channelsFor, type QuietHours, sendingTime } from '../../src/alert/route-alert.ts';
import type { Alert } from '../../src/domain/alert.ts';

const alert = (about: Partial<Alert> & { readonly capabilities?: readonly string[] } = {}): Alert => ({
  id: 'a',
  run: 'run-1',
  kind: 'regression',
  severity: 'warning',
  state: 'firing',
  checkpoint: 'run-1-100',
  step: 100,
  sinceStep: 80,
  title: '',
  summary: '',
  members: (about.capabilities ?? ['basic.reasoning.math']).map(
    (capability) => ({ capability }) as Alert['members'][number],
  ),
  examples: [],
  telemetry: null,
  advice: [],
  lastGoodCheckpoint: null,
  resolvedAtStep: null,
  ...about,
});

const everything = { runs: [], kinds: [], severities: [], capabilities: [] } as const;
const channels = ['terminal', 'team', 'mail'];

it('sends everything everywhere without routes', () => {
  expect(channelsFor(alert(), [], channels)).toEqual(channels);
});

it('adds up the channels of every route that matches', () => {
  const routes = [
    { ...everything, to: ['terminal'] },
    { ...everything, severities: ['critical'] as const, to: ['mail'] },
    { ...everything, capabilities: ['basic.reasoning'], to: ['team'] },
  ];
  expect(channelsFor(alert(), routes, channels)).toEqual(['terminal', 'team']);
  expect(channelsFor(alert({ severity: 'critical', capabilities: ['safety.values.bias'] }), routes, channels)).toEqual([
    'terminal',
    'mail',
  ]);
});

it('matches runs and kinds, and a capability only from itself downwards', () => {
  const route = { ...everything, runs: ['run-2'], to: ['team'] };
  expect(channelsFor(alert(), [route], channels)).toEqual([]);
  const stalled = { ...everything, kinds: ['stalled'] as const, to: ['team'] };
  expect(channelsFor(alert(), [stalled], channels)).toEqual([]);
  const leaf = { ...everything, capabilities: ['basic.reasoning.math'], to: ['team'] };
  expect(channelsFor(alert({ capabilities: ['basic.reasoning'] }), [leaf], channels)).toEqual([]);
});

const night: QuietHours = { from: '22:00', to: '07:30', time_zone: 'Asia/Shanghai', except: ['critical'] };
const at = (time: string) => Date.parse(`2026-03-01T${time}+08:00`);

it('holds messages back until the quiet hours end, over midnight and in the given time zone', () => {
  expect(sendingTime(at('21:59:59'), 'warning', night)).toBe(at('21:59:59'));
  expect(sendingTime(at('22:00:30'), 'warning', night)).toBe(Date.parse('2026-03-02T07:30:00+08:00'));
  expect(sendingTime(at('07:29:59'), 'info', night)).toBe(at('07:30:00'));
  expect(sendingTime(at('07:30:00'), 'info', night)).toBe(at('07:30:00'));
});

it('never holds back what is exempt, nor anything without quiet hours', () => {
  expect(sendingTime(at('23:00:00'), 'critical', night)).toBe(at('23:00:00'));
  expect(sendingTime(at('23:00:00'), 'warning', null)).toBe(at('23:00:00'));
});
