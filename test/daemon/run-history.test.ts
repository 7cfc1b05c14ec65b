/** A resumed run goes on with the history of the one before it; what training went back behind is no longer history. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { createEventBus } from '../../src/daemon/event-bus.ts';
import { type JudgingContext, judgeEvaluated } from '../../src/daemon/judge-checkpoint.ts';
import { historyOf } from '../../src/daemon/run-history.ts';
import { taskFacts } from '../../src/daemon/task-facts.ts';
import type { Outcomes } from '../../src/domain/score.ts';
import { openStore, type Store } from '../../src/store/open-store.ts';
import { systemClock } from '../../src/system/clock.ts';
import { findLineage } from '../../src/trend/lineage.ts';
import { PLAIN_WORLD, worldCheckpoints, worldTasks } from '../fakes/worlds.ts';

let close = () => {};
afterEach(() => close());

const WORLD = { ...PLAIN_WORLD, capabilities: 12, docs: 300, checkpoints: 20 };

function open(flags: readonly { key: string; value: unknown; flag: string }[] = []) {
  const directory = mkdtempSync(join(tmpdir(), 'libra-lineage-'));
  let time = 1_000_000;
  const now = () => (time += 1000);
  const store = openStore({ directory, now });
  close = () => {
    store.close();
    rmSync(directory, { recursive: true, force: true });
  };
  const { config } = loadConfig({ cwd: directory, env: {}, flags });
  const bus = createEventBus({
    append: store.events.append,
    transaction: store.transaction,
    now,
    onListenerError: (error) => {
      throw error;
    },
  });
  const context: JudgingContext = {
    store,
    bus,
    config,
    clock: systemClock,
    tasks: new Map(),
    notifiers: [],
    linkOf: () => null,
  };
  return { store, context };
}

function addRun(store: Store, id: string, lossAt: (step: number) => number, from: number, to: number): void {
  store.runs.add({ id, name: id, path: `/out/${id}`, maxSteps: null });
  const steps = Array.from({ length: (to - from) / 50 + 1 }, (_, i) => from + 50 * i);
  store.telemetry.add(
    id,
    steps.map((step) => ({
      step,
      tokens: null,
      loss: lossAt(step),
      learningRate: 1e-4,
      gradNorm: null,
      dataMix: null,
    })),
  );
}

function addEvaluated(store: Store, run: string, step: number, outcomes: readonly Outcomes[]) {
  const { id } = store.checkpoints.add({ run, step, path: `/out/${run}/${step}`, format: 'hugging-face' });
  for (const state of ['complete', 'queued', 'evaluating', 'evaluated'] as const)
    store.checkpoints.transition(id, state);
  store.scores.put(id, { scores: [], outcomes, capabilities: [] });
  return store.checkpoints.require(id);
}

const lossOf = (seed: number) => (step: number) =>
  Math.round(1e4 * (2 + Math.sin(seed + step / 100) + 500 / (step + 100))) / 1e4;
const stepsOf = (context: JudgingContext, run: string, upToStep: number) =>
  historyOf(context, run, { upToStep, limit: 24 }).map(({ step }) => step);

it('a run resumed elsewhere is judged against the checkpoints of its parent, up to where they part', async () => {
  const { store, context } = open();
  const parent = [...worldCheckpoints(WORLD)];
  const dropped = [
    ...worldCheckpoints({ ...WORLD, accuracy: (c, t) => WORLD.accuracy(c, t) - (c === 4 && t >= 12 ? 0.3 : 0) }),
  ];
  addRun(store, 'first', lossOf(1), 50, 2000);
  for (const { step, outcomes } of parent) addEvaluated(store, 'first', step, outcomes);
  // The trainer of the second carries the log of the first up to step 1,200, where it was resumed.
  addRun(store, 'second', (step) => (step <= 1200 ? lossOf(1)(step) : lossOf(7)(step)), 50, 1500);
  const facts = taskFacts(worldTasks(WORLD), {}, {});
  for (const t of [12, 13]) {
    const checkpoint = addEvaluated(store, 'second', 100 * (t + 1), dropped[t]!.outcomes);
    await judgeEvaluated(context, facts, checkpoint);
  }
  expect(stepsOf(context, 'second', 1400)).toEqual([
    ...Array.from({ length: 12 }, (_, i) => 100 * (i + 1)),
    1300,
    1400,
  ]);
  expect(store.lineage.get('second')).toMatchObject({ parent: 'first', forkStep: 1200 });
  const [alert] = store.alerts.open('second');
  expect(alert?.members.map(({ capability }) => capability)).toEqual(['area0.skill4']);
  expect(alert?.members[0]?.changeBetween).toEqual([1200, 1300]);
  expect(alert?.lastGoodCheckpoint).toBe('/out/first/1200');
  expect(stepsOf(context, 'first', 2000)).toHaveLength(20);
});

it('a run of its own has no other history, and the team may say what the logs do not', () => {
  const { store, context } = open();
  addRun(store, 'first', lossOf(1), 50, 2000);
  addEvaluated(store, 'first', 500, [...worldCheckpoints({ ...WORLD, checkpoints: 1 })][0]!.outcomes);
  addRun(store, 'other', lossOf(2), 50, 2000);
  addEvaluated(store, 'other', 900, [...worldCheckpoints({ ...WORLD, checkpoints: 1 })][0]!.outcomes);
  expect(stepsOf(context, 'other', 900)).toEqual([900]);
  const runs = [{ path: '/out/other', resumed_from: { run: 'first', step: 500 } }];
  const { config } = loadConfig({ cwd: tmpdir(), env: {}, flags: [{ key: 'runs', value: runs, flag: '--runs' }] });
  expect(stepsOf({ ...context, config }, 'other', 900)).toEqual([500, 900]);
});

it('steps that were written again replace what training went back behind', () => {
  const { store, context } = open();
  store.runs.add({ id: 'r', name: 'r', path: '/out/r', maxSteps: null });
  const { outcomes } = [...worldCheckpoints({ ...WORLD, checkpoints: 1 })][0]!;
  for (const step of [100, 200, 300, 400, 500]) addEvaluated(store, 'r', step, outcomes);
  expect(stepsOf(context, 'r', 500)).toEqual([100, 200, 300, 400, 500]);
  // Resumed from 200: 300 comes again with other bytes, and the old 300, 400 and 500 are another branch.
  const again = addEvaluated(store, 'r', 300, outcomes);
  expect(again.id).not.toBe('r-300');
  expect(historyOf(context, 'r', { upToStep: 500, limit: 24 }).map(({ checkpoint }) => checkpoint)).toEqual([
    'r-100',
    'r-200',
    again.id,
  ]);
});

it('needs equal losses from the first common step on, five of them, and checkpoints to inherit', () => {
  const log = (seed: number, to = 1000) =>
    Array.from({ length: to / 50 }, (_, i) => ({ step: 50 * (i + 1), loss: lossOf(seed)(50 * (i + 1)) }));
  const candidate = { run: 'p', log: log(1), steps: [100, 200, 300] };
  expect(findLineage(log(1, 600), 700, [candidate])).toMatchObject({ parent: 'p', forkStep: 600 });
  expect(findLineage(log(2, 600), 700, [candidate])).toBeNull();
  expect(findLineage(log(1, 200), 700, [candidate])).toBeNull();
  expect(findLineage(log(1, 600), 100, [candidate])).toBeNull();
  const odd = log(1, 600).map((point, i) => (i === 1 ? { ...point, loss: 9 } : point));
  expect(findLineage(odd, 700, [candidate])).toBeNull();
});
