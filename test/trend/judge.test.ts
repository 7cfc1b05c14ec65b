import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AlertMember } from '../../src/domain/alert.ts';
import type { CheckpointOutcomes, Verdict } from '../../src/domain/trend.ts';
import { judgeCheckpoint } from '../../src/trend/judge.ts';
import { PLAIN_WORLD, type World, worldCheckpoints, worldTasks } from '../fakes/worlds.ts';

const SMALL: World = { ...PLAIN_WORLD, capabilities: 12, docs: 400, checkpoints: 16, accuracy: (c) => 0.5 + 0.02 * c };

/** The small world with `size` taken from capability 4 from checkpoint `at` on (and given back at `until`). */
function dropped(size: number, at = 12, until = 1000, seed = 5): World {
  return { ...SMALL, seed, accuracy: (c, t) => 0.5 + 0.02 * c - (c === 4 && t >= at && t < until ? size : 0) };
}

function judge(world: World, upTo = world.checkpoints, openMembers: readonly AlertMember[] = []) {
  const history = [...worldCheckpoints(world)].slice(0, upTo);
  return judgeCheckpoint({ history, tasks: worldTasks(world), openMembers });
}

const of = (verdicts: readonly Verdict[], capability: string) =>
  verdicts.find((each) => each.series.capability === capability)!;

describe('a drop', () => {
  test('of 10 points fires within two checkpoints and says from what to what, since when', () => {
    const world = dropped(0.1);
    const { firing } = judge(world, 14);
    const found = firing.find(({ capability }) => capability === 'area0.skill4')!;
    expect(found.member.difference).toBeLessThan(-0.06);
    expect(found.member.ci95[0]).toBeLessThan(found.member.difference);
    expect(found.member.ci95[1]).toBeLessThan(0);
    expect(found.member.n).toBe(400);
    expect(found.member.changeBetween).toEqual([1200, 1300]);
    expect(found.member.levelSinceStep).toBe(1300);
    expect(found.member.tasks).toEqual(['task_4']);
    expect(found.member.referenceCheckpoints.length).toBeGreaterThanOrEqual(3);
    expect(found.verdict.kind).toBe('worse');
    expect(found.verdict.flipped.length).toBeGreaterThan(2);
    expect(found.verdict.reason).toMatch(/% over steps [\d,]+ to 1,200 -> .* points \[/);
    expect(firing.filter(({ level }) => level === 'leaf')).toHaveLength(1);
  });

  test('shown docs were right before and are wrong now', () => {
    const world = dropped(0.1);
    const history = [...worldCheckpoints(world)].slice(0, 14);
    const { firing } = judge(world, 14);
    const values = (t: number) => history[t]!.outcomes[4]!.values;
    for (const { index } of firing.find(({ level }) => level === 'leaf')!.verdict.flipped) {
      expect(values(13)[index]).toBe(0);
      expect([6, 7, 8, 9, 10, 11].filter((t) => values(t)[index] === 1).length).toBeGreaterThanOrEqual(3);
    }
  });

  test('a labelled task is evidence and never fires beside its capability; an unlabelled one fires by its own name', () => {
    const world = dropped(0.12);
    const history = [...worldCheckpoints(world)].slice(0, 14);
    const tasks = worldTasks(world).map((task) => (task.name === 'task_4' ? { ...task, capabilities: [] } : task));
    const { firing } = judgeCheckpoint({ history, tasks, openMembers: [] });
    expect(firing.map(({ capability }) => capability)).toContain('task_4');
    expect(judge(world, 14).firing.some(({ level }) => level === 'task')).toBe(false);
  });

  test('the other way round is better, and no alert', () => {
    const { firing, verdicts } = judge(dropped(-0.1), 15);
    expect(of(verdicts, 'area0.skill4').kind).toBe('better');
    expect(firing).toEqual([]);
  });

  test('of bits per byte is a rise', () => {
    const world = dropped(0.1);
    const history = [...worldCheckpoints(world)].slice(0, 14).map((each) => ({
      ...each,
      outcomes: each.outcomes.map((o) => ({
        ...o,
        metric: 'bits_per_byte',
        higherIsBetter: false,
        values: o.values.map((v, i) => 2 + 0.3 * Math.sin(i) - v),
      })),
    }));
    const tasks = worldTasks(world).map((task) => ({
      ...task,
      capabilities: task.name === 'task_4' ? ['probe.lm'] : task.capabilities,
      primaryMetric: 'bits_per_byte',
    }));
    const { firing } = judgeCheckpoint({ history, tasks, openMembers: [] });
    const found = firing.find(({ capability }) => capability === 'probe.lm')!;
    expect(found.member.metric).toBe('bits_per_byte');
    expect(found.member.difference).toBeGreaterThan(0.05);
  });
});

test('one freak checkpoint does not fire at the checkpoints after it', () => {
  const world = dropped(0.07, 12, 13);
  const history = [...worldCheckpoints(world)];
  for (const upTo of [14, 15, 16]) {
    const { firing } = judgeCheckpoint({ history: history.slice(0, upTo), tasks: worldTasks(world), openMembers: [] });
    expect(firing).toEqual([]);
  }
});

test('a series whose reference covers chance cannot regress, a fall from above to chance does', () => {
  const world = { ...dropped(0.06), accuracy: (c: number, t: number) => (c === 4 ? (t < 12 ? 0.27 : 0.18) : 0.6) };
  const history = [...worldCheckpoints(world)].slice(0, 15);
  const judgeAt = (chance: number) =>
    judgeCheckpoint({ history, tasks: worldTasks(world), openMembers: [], options: { chance: { task_4: chance } } });
  expect(of(judgeAt(0.25).verdicts, 'area0.skill4')).toMatchObject({
    kind: 'same',
    reason: expect.stringContaining('chance'),
  });
  expect(judgeAt(0.1).firing.map(({ capability }) => capability)).toContain('area0.skill4');
});

test('the smallest effect of a metric can be set', () => {
  const world = dropped(0.1);
  const history = [...worldCheckpoints(world)].slice(0, 14);
  const { firing } = judgeCheckpoint({
    history,
    tasks: worldTasks(world),
    openMembers: [],
    options: { smallestEffects: { acc: 0.3 } },
  });
  expect(firing).toEqual([]);
});

describe('with an open alert', () => {
  const world: World = {
    ...SMALL,
    checkpoints: 30,
    seed: 9,
    accuracy: (c, t) =>
      0.7 - (c === 4 && t >= 12 ? 0.12 : 0) - (c === 4 && t >= 20 ? 0.14 : 0) + (c === 4 && t >= 26 ? 0.26 : 0),
  };
  const history = [...worldCheckpoints(world)];
  const tasks = worldTasks(world);
  const at = (upTo: number, openMembers: readonly AlertMember[]) =>
    judgeCheckpoint({ history: history.slice(0, upTo), tasks, openMembers });
  const first = [13, 14, 15]
    .map((upTo) => at(upTo, []).firing.find(({ level }) => level === 'leaf'))
    .find(Boolean)!.member;

  test('a permanent drop stays worse against the frozen reference and does not fire again', () => {
    for (const upTo of [17, 18, 19, 20]) {
      const { firing, verdicts, resolved } = at(upTo, [first]);
      expect(firing.filter(({ level }) => level === 'leaf')).toEqual([]);
      expect(resolved).toEqual([]);
      expect(of(verdicts, 'area0.skill4').kind).toBe('worse');
    }
  });

  test('a second drop is measured against the level after the first', () => {
    const again = [21, 22, 23]
      .map((upTo) => at(upTo, [first]).firing.find(({ level }) => level === 'leaf'))
      .find(Boolean)!;
    expect(again.member.from).toBeLessThan(0.63);
    expect(again.member.changeBetween).toEqual([2000, 2100]);
  });

  test('it is resolved once three checkpoints are back at the frozen reference', () => {
    const resolvedAt = [24, 25, 26, 27, 28, 29, 30].filter((upTo) => at(upTo, [first]).resolved.length > 0);
    expect(resolvedAt[0]).toBeGreaterThanOrEqual(29);
  });
});

describe('unknown is a verdict', () => {
  const history = [...worldCheckpoints(SMALL)].slice(0, 12);
  const tasks = worldTasks(SMALL);
  const change = (checkpoint: CheckpointOutcomes, to: Partial<CheckpointOutcomes['outcomes'][number]> | null) => ({
    ...checkpoint,
    outcomes: checkpoint.outcomes.flatMap((o) => (o.task !== 'task_4' ? [o] : to === null ? [] : [{ ...o, ...to }])),
  });
  const judgeLast = (last: CheckpointOutcomes) =>
    judgeCheckpoint({ history: [...history.slice(0, -1), last], tasks, openMembers: [] }).verdicts;

  test('with fewer than four checkpoints', () => {
    const { verdicts } = judgeCheckpoint({ history: history.slice(0, 3), tasks, openMembers: [] });
    expect(new Set(verdicts.map(({ kind }) => kind))).toEqual(new Set(['unknown']));
    expect(verdicts[0]!.reason).toContain('1 more checkpoint');
  });

  test('for another segment: nothing is compared across task hashes', () => {
    const verdicts = judgeLast(change(history.at(-1)!, { taskHash: 'other', values: new Float32Array(400) }));
    expect(of(verdicts, 'area0.skill4').kind).toBe('unknown');
    expect(of(verdicts, '*').kind).toBe('unknown');
    expect(of(verdicts, 'area1').kind).toBe('same');
  });

  test('for a node that lacks a task its predecessor had', () => {
    const verdicts = judgeLast(change(history.at(-1)!, null));
    expect(of(verdicts, 'area0')).toMatchObject({ kind: 'unknown', reason: expect.stringContaining('task_4') });
  });

  test('where more than 0.5 % of the docs have no answer', () => {
    const values = Float32Array.from(history.at(-1)!.outcomes[4]!.values, (v, i) => (i < 10 ? Number.NaN : v));
    const verdicts = judgeLast(change(history.at(-1)!, { values }));
    expect(of(verdicts, 'area0.skill4')).toMatchObject({
      kind: 'unknown',
      reason: expect.stringContaining('10 of 400'),
    });
  });
});

test('the same history gives the same judgement, whatever the order of docs and of tasks', () => {
  const history = [...worldCheckpoints({ ...dropped(0.08), docs: 150 })].slice(0, 14);
  const tasks = worldTasks(SMALL);
  const plain = judgeCheckpoint({ history, tasks, openMembers: [] });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e6 }), (seed) => {
      const order = [...Array(150).keys()].sort((a, b) => Math.sin(a * seed) - Math.sin(b * seed));
      const shuffled = history.map((each) => ({
        ...each,
        outcomes: [...each.outcomes]
          .reverse()
          .map((o) => ({ ...o, values: Float32Array.from(order, (i) => o.values[i]!) })),
      }));
      const again = judgeCheckpoint({ history: shuffled, tasks, openMembers: [] });
      expect(again.verdicts.map(({ kind }) => kind)).toEqual(plain.verdicts.map(({ kind }) => kind));
      expect(again.firing.map(({ capability }) => capability)).toEqual(
        plain.firing.map(({ capability }) => capability),
      );
    }),
    { numRuns: 15 },
  );
});

test('identical checkpoints are no verdict either way', () => {
  const [one] = [...worldCheckpoints({ ...SMALL, checkpoints: 1 })];
  const history = Array.from({ length: 14 }, (_, t) => ({ ...one!, checkpoint: `c-${t}`, step: 100 * t }));
  const { verdicts } = judgeCheckpoint({ history, tasks: worldTasks(SMALL), openMembers: [] });
  expect(new Set(verdicts.map(({ kind }) => kind))).toEqual(new Set(['same']));
});
