import { describe, expect, test } from 'vitest';
import type { CheckpointOutcomes } from '../../src/domain/trend.ts';
import { judgeCheckpoint } from '../../src/trend/judge.ts';
import { PLAIN_WORLD, worldCheckpoints, worldTasks } from '../fakes/worlds.ts';

const SWAP = 12;
const world = {
  ...PLAIN_WORLD,
  capabilities: 6,
  checkpoints: 20,
  // The other engine scores everything 6 points lower.
  accuracy: (capability: number, t: number) => PLAIN_WORLD.accuracy(capability + 10, t) - (t >= SWAP ? 0.06 : 0),
};
const tasks = worldTasks(world);
const past = [...worldCheckpoints(world)];

function firedIn(engineAt: (t: number) => string | null): number {
  return past.filter((_, t) => {
    const history = past.slice(0, t + 1).map((each, i): CheckpointOutcomes => ({ ...each, engine: engineAt(i) }));
    return judgeCheckpoint({ history, tasks, openMembers: [] }).firing.length > 0;
  }).length;
}

describe('another engine', () => {
  const swapped = (t: number) => (t < SWAP ? 'embedded float32 cpu' : 'vllm bfloat16 cuda');

  test('is no regression of the model, however much lower it scores', () => {
    expect(firedIn(swapped)).toBe(0);
    // The same drop by the same engine is one.
    expect(firedIn(() => 'embedded float32 cpu')).toBeGreaterThan(0);
    expect(firedIn(() => null)).toBeGreaterThan(0);
  });

  test('is said, with what is missing until there are verdicts again', () => {
    const at = (t: number) =>
      judgeCheckpoint({
        history: past.slice(0, t + 1).map((each, i) => ({ ...each, engine: swapped(i) })),
        tasks,
        openMembers: [],
      }).verdicts.find(({ series }) => series.capability === '*')!;
    expect(at(SWAP)).toMatchObject({ kind: 'unknown' });
    expect(at(SWAP).reason).toBe(
      'The engine changed (embedded float32 cpu -> vllm bfloat16 cuda): scores of the two are not compared. Needs 3 more checkpoints.',
    );
    expect(at(SWAP).reasonZh).toContain('推理引擎变了');
    expect(at(SWAP + 4).kind).toBe('same');
  });
});
