/** Training that is faster than evaluation: what is passed over, what is taken up again, and that verdicts never wait for the past. */
import { rmSync } from 'node:fs';
import { expect, it } from 'vitest';
import { keepNotices } from '../../src/daemon/keep-notices.ts';
import { mayBeTakenUp } from '../../src/daemon/may-be-taken-up.ts';
import { sayStanding } from '../../src/daemon/queue-note.ts';
import { recover } from '../../src/daemon/recover.ts';
import { watchBacklog } from '../../src/daemon/watch-backlog.ts';
import { type BacklogWorld, openWorld, RUN } from './backlog-world.ts';

const skippedIn = ({ told }: BacklogWorld) =>
  told.filter(({ event }) => event === 'checkpoint.skipped').map(({ step }) => step);

it('evaluates every checkpoint in the order of steps where all are wanted', () => {
  const world = openWorld({});
  for (const step of [100, 200, 300]) world.comes(step);
  expect([1, 2, 3, 4].map(() => world.evaluate())).toEqual([100, 200, 300, null]);
  expect(skippedIn(world)).toEqual([]);
});

it('evaluates one in so many, and whatever is the first, the last, or to be watched closer', () => {
  const world = openWorld({ name: 'every', every: 3 });
  const { store, comes, evaluate } = world;
  for (let step = 100; step <= 500; step += 100) comes(step);
  store.watchCloser.say({ run: RUN, capabilities: [], checkpoints: 1, reason: null, by: 'wei' });
  for (let step = 600; step <= 700; step += 100) comes(step);
  store.runs.setState(RUN, 'finished');
  const last = comes(800);
  expect([1, 2, 3, 4, 5, 6].map(() => evaluate())).toEqual([100, 400, 600, 700, 800, null]);
  expect(skippedIn(world)).toEqual([200, 300, 500]);
  expect(sayStanding(store, store.checkpoints.require(last))).toEqual([
    'It is the last of its run, so it is evaluated whatever waits.',
  ]);
  const [second] = store.checkpoints.atStep(RUN, 200);
  expect(sayStanding(store, second!)).toEqual([
    'Skipped: One in 3 checkpoints is evaluated (backlog.every), and this is not one of them.',
  ]);
});

it('keeps the first checkpoint of a new stage of training', () => {
  const world = openWorld({ name: 'every', every: 50 });
  const { store, comes, evaluate } = world;
  store.runs.setMaxSteps(RUN, 1000);
  for (const step of [100, 150, 300, 400, 700, 900]) comes(step);
  // Early until a fifth of the planned steps, late from 65 % on.
  expect([1, 2, 3, 4].map(() => evaluate())).toEqual([100, 300, 700, null]);
});

it('takes the newest first, then the passed over ones from the newest back, and judges only what is new', async () => {
  const world = openWorld({ name: 'newest' });
  const { comes, begin, evaluate, judge, states, judged } = world;
  comes(100);
  const first = begin()!;
  for (const step of [200, 300, 400]) comes(step);
  first.end();
  const second = begin()!;
  expect(second.step).toBe(400);
  expect(states()).toMatchObject({ 200: 'skipped', 300: 'skipped', 400: 'evaluating' });
  second.end();
  await judge();
  const third = begin()!;
  expect([third.step, states()[300]]).toEqual([300, 'evaluating']);
  // Newer ones come while the past is caught up with: their verdicts don't wait for it.
  comes(500);
  third.end();
  expect(evaluate()).toBe(500);
  await judge();
  expect(judged()).toEqual([100, 400, 500]);
  expect([evaluate(), evaluate()]).toEqual([200, null]);
  await judge();
  expect(states()).toEqual({
    100: 'evaluated',
    200: 'evaluated',
    300: 'evaluated',
    400: 'evaluated',
    500: 'evaluated',
  });
  expect(judged()).toEqual([100, 400, 500]);
  expect(world.store.jobs.unfinished()).toEqual([]);
});

it('once the past is caught up with, the newest is judged again: a drop that few checkpoints could not tell is told', async () => {
  const fallsAt = 2000;
  const world = openWorld({ name: 'newest' }, (step) => (step >= fallsAt ? 0.45 : 0.7));
  const { store, comes, begin, evaluate, judge } = world;
  comes(100);
  const first = begin()!;
  for (let step = 200; step <= 3000; step += 100) comes(step);
  first.end();
  // An anchor is kept, then the newest.
  expect([evaluate(), evaluate()]).toEqual([2100, 3000]);
  await judge();
  const regressions = () => store.alerts.ofRun(RUN).filter(({ kind }) => kind === 'regression');
  expect(regressions()).toEqual([]);
  while (evaluate() !== null) await judge();
  await judge();
  expect(regressions()).toHaveLength(1);
  const { changeBetween } = regressions()[0]!.members[0]!;
  expect(changeBetween[0]).toBeLessThan(fallsAt);
  expect(changeBetween[1]).toBeGreaterThanOrEqual(fallsAt);
  expect(store.jobs.unfinished()).toEqual([]);
});

it('a verdict does not wait for a late one whose attempt failed', async () => {
  const world = openWorld({ name: 'newest' });
  const { store, comes, begin, evaluate, judge, judged } = world;
  comes(100);
  const first = begin()!;
  for (const step of [200, 300]) comes(step);
  first.end();
  evaluate();
  const late = begin()!;
  const [checkpoint] = store.checkpoints.atStep(RUN, late.step);
  store.jobs.fail(store.jobs.get(`evaluate:${checkpoint!.id}`)!.id, 'The engine was killed.');
  store.checkpoints.transition(checkpoint!.id, 'queued');
  comes(400, 1);
  expect(evaluate()).toBe(400);
  await judge();
  expect(judged()).toEqual([100, 300, 400]);
});

it('what is gone is not taken up again', () => {
  const world = openWorld({ name: 'newest' });
  const { store, comes, begin, evaluate } = world;
  comes(100);
  const first = begin()!;
  for (const step of [200, 300]) comes(step);
  first.end();
  rmSync(store.checkpoints.atStep(RUN, 200)[0]!.path, { recursive: true });
  expect([evaluate(), evaluate()]).toEqual([300, null]);
});

it('what was passed over and is no longer held for want of room says so', () => {
  const world = openWorld({ name: 'every', every: 2 });
  const { store, context, comes, evaluate } = world;
  comes(100);
  const second = comes(200);
  store.pins.add(second, { directory: '/pins/200', kind: 'link', bytes: 1 });
  evaluate();
  const notices = keepNotices(context, { onQueued: () => {}, onSettled: () => {} });
  expect(notices.pins()).toMatchObject([{ checkpoint: second, isSpare: true }]);
  notices.pinReleased(second, 'the disk is nearly full (pins.min_free)');
  expect(store.pins.held()).toEqual([]);
  expect(store.checkpoints.require(second)).toMatchObject({
    state: 'skipped',
    reason: expect.stringMatching(
      /^One in 2 .* It can only be taken up while the trainer keeps it: the disk is nearly full/,
    ),
  });
});

it('with a deadline the clock passes over what waits too long', () => {
  const world = openWorld({ name: 'deadline', deadline: '30m' });
  const { comes, begin, context, states } = world;
  comes(100);
  const first = begin()!;
  for (const step of [200, 300, 400]) comes(step, 900);
  expect(watchBacklog(context)).toBe(false);
  world.clock.at += 60_000;
  expect(watchBacklog(context)).toBe(true);
  expect(states()).toMatchObject({ 200: 'skipped', 300: 'queued', 400: 'queued' });
  // It took so long that the next one would be late as well.
  first.end();
  expect(begin()!.step).toBe(400);
  expect(skippedIn(world)).toEqual([200, 300]);
});

it('a crash between any two steps loses nothing', async () => {
  const world = openWorld({ name: 'newest' });
  const { store, context, comes, begin, evaluate, states } = world;
  const crash = async () => {
    // What recovery does to the database; there are no engines here.
    const engineRegistry = { endLeftovers: async () => [] };
    await recover({ ...context, engineRegistry } as never);
  };
  comes(100);
  begin();
  for (const step of [200, 300, 400]) comes(step);
  await crash();
  expect(evaluate()).toBe(100);
  await crash();
  begin();
  await crash();
  expect(states()).toMatchObject({ 200: 'skipped', 300: 'skipped', 400: 'queued' });
  expect(evaluate()).toBe(400);
  begin();
  await crash();
  comes(500);
  expect([1, 2, 3, 4].map(() => evaluate())).toEqual([300, 500, 200, null]);
  expect(new Set(Object.values(states()))).toEqual(new Set(['evaluated']));
  expect(store.jobs.unfinished().filter(({ kind }) => kind === 'evaluate')).toEqual([]);
});

it('what was passed over keeps its pin until two checkpoints after it are judged and nothing fell', async () => {
  const world = openWorld({ name: 'every', every: 2 });
  const { store, context, comes, evaluate, judge } = world;
  for (const step of [100, 200, 300, 400, 500]) comes(step);
  const [second] = store.checkpoints.atStep(RUN, 200);
  const isKept = () => mayBeTakenUp(context, store.checkpoints.require(second!.id));
  evaluate();
  evaluate();
  await judge();
  expect(isKept()).toBe(true);
  evaluate();
  await judge();
  expect(isKept()).toBe(false);
});

it('is told once when training is faster, and again when it has caught up', async () => {
  const world = openWorld({});
  const { store, comes, evaluate, context } = world;
  const alerts = () => store.alerts.ofRun(RUN).filter(({ kind }) => kind === 'falling-behind');
  comes(100);
  evaluate(1200);
  for (let step = 200; step <= 500; step += 100) comes(step);
  watchBacklog(context);
  expect(alerts()).toEqual([]);
  for (let step = 600; step <= 800; step += 100) comes(step);
  watchBacklog(context);
  watchBacklog(context);
  expect(alerts()).toMatchObject([{ state: 'firing', step: 800, title: '7 checkpoints wait for their evaluation' }]);
  expect(alerts()[0]!.advice[0]!.action).toContain('`backlog: newest`');
  for (let left = 7; left > 1; left--) {
    watchBacklog(context);
    expect(alerts()[0]!.state).toBe('firing');
    evaluate(1200);
  }
  evaluate(1200);
  watchBacklog(context);
  expect(alerts()).toMatchObject([{ state: 'resolved', resolvedAtStep: 800 }]);
});
