import { afterAll, expect, test } from 'vitest';
import { scoreReply } from '../../src/api/contract.ts';
import { presentScore } from '../../src/api/present.ts';
import { readTrend } from '../../src/daemon/read-trend.ts';
import type { Score } from '../../src/domain/score.ts';
import { RUN, seedStore, TASK } from './seeded-store.ts';

const seeded = seedStore();
afterAll(() => seeded.close());
const { store } = seeded;
const checkpoint = store.checkpoints.ofRun(RUN)[0]!.id;
const shared = { task: TASK, taskVersion: '1', taskHash: 'h1', failed: 0, isAttached: true };
const uncertain: Score = {
  ...shared,
  metric: 'ece_10_bin',
  value: Number.NaN,
  stderr: Number.NaN,
  n: 40,
  higherIsBetter: false,
  family: 'uncertainty',
  unit: 'proportion',
  reason: 'under 300 docs',
};
const latency: Score = {
  ...shared,
  metric: 'latency_p50',
  value: 0.25,
  stderr: 0.01,
  n: 300,
  higherIsBetter: false,
  family: 'efficiency',
  unit: 'seconds',
  reason: null,
};
store.scores.put(checkpoint, { scores: [uncertain, latency], outcomes: [], capabilities: [] });

test('a score says its family, its unit, and why it has no value', () => {
  const scores = store.scores.ofCheckpoint(checkpoint).map(presentScore);
  const of = (metric: string) => scoreReply.parse(scores.find((score) => score.metric === metric));
  expect(of('ece_10_bin')).toMatchObject({
    family: 'uncertainty',
    value: null,
    reason: 'under 300 docs',
    attached: true,
  });
  expect(of('latency_p50')).toMatchObject({ family: 'efficiency', unit: 'seconds', value: 0.25, reason: null });
  expect(of('acc')).toMatchObject({ family: 'accuracy', attached: false, reason: null });
});

test('trends show what task files name; the other families when they are asked for', () => {
  const metrics = (query: Parameters<typeof readTrend>[2]) =>
    readTrend(store, RUN, query).series.flatMap(({ task, metric }) => (task === TASK ? [metric] : []));
  expect(metrics({})).toEqual(['acc']);
  expect(metrics({ family: 'efficiency' })).toEqual(['latency_p50']);
  expect(metrics({ metric: 'ece_10_bin' })).toEqual(['ece_10_bin']);
  expect(metrics({ task: TASK })).toEqual(['acc', 'ece_10_bin', 'latency_p50']);
  const [series] = readTrend(store, RUN, { family: 'efficiency' }).series.filter(({ task }) => task === TASK);
  expect(series).toMatchObject({ family: 'efficiency', unit: 'seconds', higher_is_better: false });
});
