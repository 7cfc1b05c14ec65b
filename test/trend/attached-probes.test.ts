import { describe, expect, test } from 'vitest';
import type { CheckpointOutcomes } from '../../src/domain/trend.ts';
import { judgeCheckpoint } from '../../src/trend/judge.ts';
import { PLAIN_WORLD, worldCheckpoints, worldTasks } from '../fakes/worlds.ts';

const world = { ...PLAIN_WORLD, capabilities: 6, docs: 400, checkpoints: 16 };
const tasks = worldTasks(world).map((task) => ({
  ...task,
  metrics: [
    ...task.metrics,
    { metric: 'unparsed', higherIsBetter: false, options: {}, isAttached: true as const, probe: 'probe.format' },
    {
      metric: 'gold_bits_per_byte',
      higherIsBetter: false,
      options: {},
      isAttached: true as const,
      probe: 'probe.lm.gold',
    },
  ],
}));

/** From the 13th checkpoint on more answers can't be parsed, and right answers cost more bits. */
function worsened(isWorse: boolean): CheckpointOutcomes[] {
  return [...worldCheckpoints(world)].slice(0, 14).map((each, t) => ({
    ...each,
    outcomes: each.outcomes.flatMap((own, task) => {
      const shift = isWorse && t >= 12 ? 1 : 0;
      const noise = (doc: number) => Math.sin(doc * 78.233 + task * 3.1) + 0.01 * Math.sin(doc * 12.9 + t * 7.7);
      return [
        own,
        {
          ...own,
          metric: 'unparsed',
          higherIsBetter: false,
          values: own.values.map((_, doc) => Number(noise(doc) > 0.9 - 0.5 * shift)),
        },
        {
          ...own,
          metric: 'gold_bits_per_byte',
          higherIsBetter: false,
          values: own.values.map((_, doc) => 3 + noise(doc) + 0.4 * shift),
        },
      ];
    }),
  }));
}

describe('what is attached to tasks', () => {
  const { verdicts, firing } = judgeCheckpoint({ history: worsened(true), tasks, openMembers: [] });
  const of = (capability: string) => verdicts.find(({ series }) => series.capability === capability)!;

  test('is judged in its probe, more of it being worse', () => {
    expect(of('probe.format').kind).toBe('worse');
    expect(of('probe.format').difference).toBeGreaterThan(0.05);
    expect(of('probe.lm.gold').kind).toBe('worse');
    expect(of('probe.lm.gold').series.metric).toBe('gold_bits_per_byte');
  });

  test('calls nobody: what is read off the answers moves with their scores', () => {
    expect(firing.map(({ capability }) => capability)).not.toContain('probe.format');
    expect(firing.map(({ capability }) => capability)).not.toContain('probe.lm.gold');
  });

  test('is no series of the tasks, and leaves the verdicts of the tree as they are', () => {
    expect(verdicts.some(({ series }) => series.task !== null && series.metric !== 'acc')).toBe(false);
    const plain = judgeCheckpoint({ history: worsened(true), tasks: worldTasks(world), openMembers: [] }).verdicts;
    const tree = verdicts.filter(({ series }) => !series.capability?.startsWith('probe.'));
    expect(tree).toEqual(plain);
  });

  test('says nothing while nothing changes', () => {
    const quiet = judgeCheckpoint({ history: worsened(false), tasks, openMembers: [] });
    expect(quiet.firing).toEqual([]);
  });
});
