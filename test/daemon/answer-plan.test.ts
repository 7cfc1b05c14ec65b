import { expect, it, onTestFinished } from 'vitest';
import { configSchema } from '../../src/config/schema.ts';
import { answerPlan } from '../../src/daemon/answer-plan.ts';
import { createEventBus } from '../../src/daemon/event-bus.ts';
import { keepOneEngine } from '../../src/daemon/keep-one-engine.ts';
import { keepScores } from '../../src/daemon/keep-scores.ts';
import type { LibraError } from '../../src/domain/errors.ts';
import type { PlanSlice } from '../../src/domain/plan.ts';
import { systemClock } from '../../src/system/clock.ts';
import { silentLog } from '../../src/system/log.ts';
import { planSlice } from '../fakes/plan-slice.ts';
import { type Script, type ScriptedModel, scriptedModel } from '../fakes/scripted-model.ts';
import { choiceDocs, choiceTask, loadOne } from '../fakes/task-files.ts';
import { scratchStore, withCheckpoints } from '../store/scratch.ts';

const colours = await loadOne({ 'docs.jsonl': choiceDocs(200), 'a.yaml': choiceTask() });
const shapes = await loadOne({ 'docs.jsonl': choiceDocs(300).slice(200), 'b.yaml': choiceTask('', 'shapes') });
const tasks = new Map([colours, shapes].map((task) => [task.summary.name, task]));

const colourSlice = (parts: Partial<PlanSlice> & Pick<PlanSlice, 'docs'>) =>
  planSlice({ task: 'colours', taskHash: colours.summary.hash, ...parts });

/** Base docs and some chosen ones, another task, then more of the first. */
const SLICES = [
  colourSlice({ docs: 60, chosen: [70, 150] }),
  planSlice({ task: 'shapes', taskHash: shapes.summary.hash, docs: 10 }),
  colourSlice({ from: 60, docs: 100 }),
];

function planned() {
  const scratch = scratchStore();
  const { store } = scratch;
  const [id] = withCheckpoints(scratch, 100) as [string];
  for (const state of ['complete', 'queued', 'evaluating'] as const) store.checkpoints.transition(id, state);
  const plan = { id: 'plan-c', checkpoint: id, strategy: 'fixed', slices: SLICES, leftOut: [] };
  store.plans.add(plan);
  store.evaluations.add({ id: 'evaluation-c', checkpoint: id, plan: plan.id });
  store.jobs.enqueue({ kind: 'evaluate', key: 'evaluate:c', run: 'r', step: 100 });
  const bus = createEventBus({
    append: store.events.append,
    transaction: store.transaction,
    now: () => 1,
    onListenerError: (error) => {
      throw error;
    },
  });
  const context = {
    config: configSchema.parse({}),
    store,
    bus,
    log: silentLog,
    clock: systemClock,
    tasks,
    execute: null,
    notifiers: [],
    linkOf: () => null,
  };
  const checkpoint = store.checkpoints.require(id);
  const answer = (model: ScriptedModel, signal = new AbortController().signal) => {
    store.evaluations.start('evaluation-c', model.description);
    return answerPlan(context, {
      about: { run: 'r', checkpoint: id, step: 100 },
      checkpoint,
      plan: store.plans.get(plan.id)!,
      evaluation: 'evaluation-c',
      tasks,
      served: { model, onFailure: new Promise<LibraError>(() => {}) },
      signal,
    });
  };
  const keep = (answered: Awaited<ReturnType<typeof answer>>) =>
    keepScores(context, { job: store.jobs.get('evaluate:c')!, checkpoint, plan, tasks, seconds: 9, ...answered });
  return { store, id, bus, answer, keep };
}

const prefersGreen: Script = { logprob: ({ continuation }) => (continuation === ' green' ? -1 : -2) };
const asked = (model: ScriptedModel) => model.calls.flat().map((request) => JSON.stringify(request));

it('a task in several slices is asked each doc once; a score is over the docs without a gap, outcomes over all', async () => {
  const { store, id, bus, answer, keep } = planned();
  const progress: unknown[] = [];
  onTestFinished(bus.subscribe(({ event }) => event.event === 'evaluation.progress' && progress.push(event.done)));
  const model = scriptedModel(prefersGreen);
  keep(await answer(model));
  expect(asked(model)).toHaveLength((100 + 1 + 10) * 2);
  expect(progress.at(-1)).toBe(60 + 2 + 10 + 40 - 1);
  const samples = store.answers.ofEvaluation('evaluation-c', 'colours');
  expect(samples.map(({ index }) => index)).toEqual([...Array.from({ length: 100 }, (_, at) => at), 150]);
  const score = store.scores.ofCheckpoint(id).find(({ task, metric }) => task === 'colours' && metric === 'acc')!;
  expect(score).toMatchObject({ n: 100, failed: 0 });
  const outcomes = store.scores.outcomesOf(id).find(({ task, metric }) => task === 'colours' && metric === 'acc')!;
  expect(outcomes).toMatchObject({ failed: 0 });
  const hasValue = [...outcomes.values].map((value) => !Number.isNaN(value));
  expect(hasValue.flatMap((has, index) => (has ? [index] : []))).toEqual(samples.map(({ index }) => index));
  expect(store.plans.costs('plan-c').every((seconds) => seconds !== null && seconds > 0)).toBe(true);
  expect(store.provenance.ofCheckpoint(id).find(({ task }) => task === 'colours')?.docs).toMatchObject({
    asked: 101,
    answered: 101,
  });
});

it('an evaluation that died anywhere goes on behind what was kept, and ends the same', async () => {
  const whole = planned();
  const calm = scriptedModel(prefersGreen);
  whole.keep(await whole.answer(calm));
  const expected = whole.store.answers
    .ofEvaluation('evaluation-c', 'colours')
    .map(({ docId, values }) => [docId, values]);
  for (const call of [1, 2, 3]) {
    const { store, id, answer, keep } = planned();
    const died = new AbortController();
    const first = scriptedModel({
      ...prefersGreen,
      gate: async (count) => {
        if (count > call) died.abort(new Error('killed'));
      },
    });
    await expect(answer(first, died.signal)).rejects.toThrow('killed');
    const before = store.answers.progress('evaluation-c');
    const second = scriptedModel(prefersGreen);
    keep(await answer(second));
    const kept = [...before.values()].reduce((sum, count) => sum + count, 0);
    expect(asked(second)).toHaveLength((111 - kept) * 2);
    expect(store.answers.ofEvaluation('evaluation-c', 'colours').map(({ docId, values }) => [docId, values])).toEqual(
      expected,
    );
    expect(store.scores.ofCheckpoint(id).find(({ task }) => task === 'shapes')).toMatchObject({ n: 10, failed: 0 });
  }
});

it('answers of two engines are never mixed: what one began is asked anew, what one finished is asked no further', async () => {
  const { store, id, answer } = planned();
  const keep = (state: 'evaluating' | 'evaluated', device: string) =>
    keepOneEngine({ store, log: silentLog }, { id, state }, 'evaluation-c', {
      ...scriptedModel(prefersGreen).description,
      device,
    });
  expect(keep('evaluating', 'cuda:1')).toBeNull();
  await answer(scriptedModel(prefersGreen));
  const { device, engine } = scriptedModel(prefersGreen).description;
  expect(keep('evaluated', device)).toBeNull();
  expect(store.answers.progress('evaluation-c').size).toBe(2);
  expect(keep('evaluated', 'cuda:1')).toMatch(
    new RegExp(`the engine changed since it was evaluated \\(${engine} .+ cuda\\)`),
  );
  expect(store.answers.progress('evaluation-c').size).toBe(2);
  expect(keep('evaluating', 'cuda:1')).toBeNull();
  expect(store.answers.progress('evaluation-c').size).toBe(0);
});
