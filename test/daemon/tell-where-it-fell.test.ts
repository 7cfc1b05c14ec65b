/** A drop between two checkpoints with others between them that were passed over: those tell where, and the alert follows. */
import { rmSync } from 'node:fs';
import { expect, it } from 'vitest';
import { renewPlan } from '../../src/daemon/plan-checkpoint.ts';
import { askWhere } from '../../src/daemon/tell-where-it-fell.ts';
import { type BacklogWorld, openWorld, RUN } from './backlog-world.ts';

const EVERY = 8;

/** A run that falls at step `fallsAt`, one in eight checkpoints of which is evaluated as it comes, until its alert fires. */
async function fallen(fallsAt: number): Promise<BacklogWorld> {
  const world = openWorld({ name: 'every', every: EVERY }, (step) => (step < fallsAt ? 0.8 : 0.4));
  for (let step = 100; world.store.alerts.ofRun(RUN).length === 0; step += 100) {
    world.comes(step);
    while (world.evaluate(1) !== null);
    await world.judge();
    if (step > 20_000) throw new Error('nothing fired');
  }
  return world;
}

const alertOf = ({ store }: BacklogWorld) => {
  const alerts = store.alerts.ofRun(RUN).filter(({ kind }) => kind === 'regression');
  expect(alerts).toHaveLength(1);
  return alerts[0]!;
};
const betweenOf = (world: BacklogWorld) => alertOf(world).members[0]!.changeBetween;

it('halves the interval until the checkpoint that fell first is named', async () => {
  const world = await fallen(10_250);
  const { store, evaluate, judge, states, told } = world;
  const [good, bad] = betweenOf(world);
  // A suspicion at the checkpoint before had it halved already.
  expect(bad - good).toBe((EVERY * 100) / 2);
  const fired = alertOf(world);
  const verdicts = store.verdicts.ofCheckpoint(fired.checkpoint!);

  const middle = store.checkpoints.inState('queued');
  const say = (step: number) => step.toLocaleString('en-US');
  expect(middle).toMatchObject([
    {
      step: (good + bad) / 2,
      reason: `Step ${say(fired.step!)} regressed between ${say(good)} and ${say(bad)}: this one tells where.`,
    },
  ]);
  const { slices } = renewPlan(world.context, middle[0]!);
  expect(slices[0]!.reason).toBe(middle[0]!.reason);

  const asked: (number | null)[] = [];
  for (let step = evaluate(); step !== null; step = evaluate()) {
    asked.push(step);
    await judge();
  }
  expect(asked).toHaveLength(2);
  expect(betweenOf(world)).toEqual([10_200, 10_300]);
  const alert = alertOf(world);
  expect(alert).toMatchObject({ state: 'firing', step: fired.step, sinceStep: 10_200 });
  expect(alert.lastGoodCheckpoint).toContain('checkpoint-10200');
  expect(
    store.alerts
      .history(alert.id)
      .map(({ from, to, why }) => [from, to, why])
      .at(-1),
  ).toEqual([
    'firing',
    'firing',
    expect.stringMatching(
      /^Step 10,\d00 was evaluated later and is as .*: the drop began after step 10,200, at the latest by step 10,300\.$/,
    ),
  ]);
  // It is history: no verdict changed, and nothing was sent again.
  expect(store.verdicts.ofCheckpoint(fired.checkpoint!)).toEqual(verdicts);
  expect(told.filter(({ event }) => event === 'alert.firing')).toHaveLength(1);
  expect(Object.values(states())).toContain('skipped');
  expect(store.jobs.unfinished()).toEqual([]);
});

it('is asked before the newest, which is judged all the same', async () => {
  const world = await fallen(10_250);
  const { comes, evaluate, judge, judged } = world;
  const next = alertOf(world).step! + EVERY * 100;
  for (let step = alertOf(world).step! + 100; step <= next; step += 100) comes(step);
  const late = world.begin()!;
  expect(late.step).toBeLessThan(next);
  late.end();
  // The newest was not delayed further than by what tells where, and its verdict does not wait for the rest of it.
  while (evaluate() !== null);
  await judge();
  expect(judged()).toContain(next);
  expect(betweenOf(world)).toEqual([10_200, 10_300]);
});

it('makes do with the checkpoints whose files are still there', async () => {
  const world = openWorld({ name: 'every', every: EVERY }, (step) => (step < 10_250 ? 0.8 : 0.4));
  const { store, comes, evaluate, judge } = world;
  for (let step = 100; store.alerts.ofRun(RUN).length === 0; step += 100) {
    comes(step);
    const [checkpoint] = store.checkpoints.atStep(RUN, step);
    if (step % 200 === 0 && step > 9000) rmSync(checkpoint!.path, { recursive: true });
    while (evaluate(1) !== null);
    await judge();
  }
  const [good, bad] = betweenOf(world);
  for (let step = evaluate(); step !== null; step = evaluate()) {
    expect(step % 200).toBe(100);
    await judge();
  }
  expect(betweenOf(world)[0]).toBeGreaterThanOrEqual(good);
  expect(betweenOf(world)[1]).toBeLessThan(bad);
});

it('another one is asked when the files of the middle one are lost meanwhile', async () => {
  const world = await fallen(10_250);
  const { store, states, evaluate, judge } = world;
  const [middle] = store.checkpoints.inState('queued');
  // As a failed attempt leaves it: the job is done with, and the next one is asked.
  world.context.bus.transact(() => {
    store.jobs.fail(store.jobs.get(`evaluate:${middle!.id}`)!.id, 'gone', 1);
    store.checkpoints.transition(middle!.id, 'vanished', 'gone');
    askWhere(world.context, RUN, null);
  });
  const [other] = store.checkpoints.inState('queued');
  expect(other!.step).not.toBe(middle!.step);
  while (evaluate() !== null) await judge();
  expect(states()[middle!.step]).toBe('vanished');
  const [good, bad] = betweenOf(world);
  expect(good).toBeLessThan(10_250);
  expect(bad).toBeGreaterThan(10_250);
  expect(bad - good).toBeLessThanOrEqual(200);
});
