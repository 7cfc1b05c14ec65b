import { describe, expect, it } from 'vitest';
import { configSchema } from '../../src/config/schema.ts';
import { decidePlan, evaluationId, renewPlan } from '../../src/daemon/plan-checkpoint.ts';
import { planInput } from '../../src/daemon/plan-input.ts';
import type { Verdict } from '../../src/domain/trend.ts';
import type { Store } from '../../src/store/open-store.ts';
import { planSlice } from '../fakes/plan-slice.ts';
import { choiceDocs, choiceTask, loadOne } from '../fakes/task-files.ts';
import { scratchStore } from '../store/scratch.ts';

const labelled = (capability: string, name: string) =>
  choiceTask(`metadata: { version: 1.0, capabilities: [${capability}] }`, name);
const docs = choiceDocs(120);
const colours = await loadOne({ 'docs.jsonl': docs, 'a.yaml': labelled('basic.knowledge', 'colours') });
const letters = docs.map((doc) => ({ ...doc, choices: ['A', 'B'] }));
const exam = await loadOne({ 'docs.jsonl': letters, 'b.yaml': labelled('comprehensive.general.exam', 'exam') });
const tasks = new Map([colours, exam].map((task) => [task.summary.name, task]));

const verdict = (parts: Partial<Verdict>): Verdict => ({
  series: { capability: 'basic.knowledge', task: null, metric: 'score' },
  checkpoint: '',
  step: 0,
  kind: 'same',
  reason: '',
  value: null,
  reference: null,
  difference: null,
  ci95: null,
  n: 100,
  z: null,
  windowSize: null,
  referenceSteps: [],
  changeBetween: null,
  flipped: [],
  ...parts,
});

/** An evaluated checkpoint: `right` of 100 docs of each task given, asked in `seconds` beside three of loading. */
function evaluated(store: Store, step: number, right: Readonly<Record<string, number>>, seconds = 2): string {
  const { id } = store.checkpoints.add({ run: 'r', step, path: `/out/${step}`, format: 'hugging-face' });
  store.checkpoints.learn(id, { lastByteAt: step * 1000 });
  for (const state of ['complete', 'queued', 'evaluating'] as const) store.checkpoints.transition(id, state);
  const plan = `plan-${id}`;
  const slices = Object.keys(right).map((task) =>
    planSlice({ task, taskHash: tasks.get(task)!.summary.hash, docs: 100 }),
  );
  store.plans.add({ id: plan, checkpoint: id, strategy: 'fixed', slices, leftOut: [] });
  store.evaluations.add({ id: `evaluation-${id}`, checkpoint: id, plan });
  for (const place of slices.keys()) store.plans.spend(plan, place, seconds);
  store.evaluations.finish(`evaluation-${id}`, 3 + seconds * slices.length);
  const parts = Object.entries(right).map(([task, count]) => ({
    task,
    metric: tasks.get(task)!.summary.primaryMetric,
    taskHash: tasks.get(task)!.summary.hash,
    higherIsBetter: true,
    values: Float32Array.from({ length: 100 }, (_, at) => Number((at + step) % 100 < count)),
  }));
  store.scores.put(id, {
    scores: parts.map(({ values, ...part }) => {
      const value = values.reduce((sum, each) => sum + each, 0) / 100;
      return { ...part, value, stderr: Math.sqrt((value * (1 - value)) / 99), n: 100, failed: 0, taskVersion: '1' };
    }),
    outcomes: parts,
    capabilities: [],
  });
  store.checkpoints.transition(id, 'evaluated');
  return id;
}

function world() {
  const { store } = scratchStore();
  store.runs.add({ id: 'r', name: 'r', path: '/out', maxSteps: 1000 });
  const config = configSchema.parse({ strategy: { name: 'adaptive' }, budget: { share: '10%' } });
  const input = (step: number) => {
    const [known] = store.checkpoints.atStep('r', step);
    const next = known ?? store.checkpoints.add({ run: 'r', step, path: `/out/${step}`, format: 'hugging-face' });
    return planInput({ store, config, tasks }, next);
  };
  return { store, config, input };
}

describe('what a strategy is told of a run', () => {
  it('is nothing at its first checkpoint', () => {
    const { input } = world();
    const first = input(100);
    expect(first).toMatchObject({ position: 0, isAnchor: false, stage: { stage: 'early' }, modelType: 'base' });
    expect(first.history).toMatchObject({ evaluated: 0, tasks: new Map(), costs: { loadSeconds: null } });
    expect(first.budget.seconds).toBeNull();
    expect(first.tasks.map(({ name, asksLetters, size }) => [name, asksLetters, size])).toEqual([
      ['colours', false, 120],
      ['exam', true, 120],
    ]);
  });

  it('is how each task stood when it was measured last, what it costs, and how fast checkpoints come', () => {
    const { store, input } = world();
    for (const [at, step] of [100, 200, 300, 400].entries()) evaluated(store, step, { colours: 60 + 4 * at, exam: 52 });
    const id = evaluated(store, 500, { colours: 76 });
    store.verdicts.put(id, [
      verdict({ kind: 'suspected', z: 3.4 }),
      verdict({ kind: 'same', z: 0.1, series: { capability: null, task: 'colours', metric: 'acc' } }),
    ]);
    const { history, budget, position, isAnchor } = input(600);
    expect({ position, isAnchor, evaluated: history.evaluated }).toEqual({
      position: 5,
      isAnchor: false,
      evaluated: 5,
    });
    const colour = history.tasks.get('colours')!;
    expect(colour).toMatchObject({ lastStep: 500, missed: 0, verdict: 'suspected', z: 3.4, isAtFloor: false });
    expect(colour.speed).toBeGreaterThan(0.7);
    expect(colour.speed).toBeLessThan(1);
    expect(history.tasks.get('exam')).toMatchObject({
      lastStep: 400,
      missed: 1,
      isAtFloor: true,
      speed: 0,
      verdict: null,
    });
    expect(history.costs.secondsPerDoc.get('colours')).toBeCloseTo(0.02, 9);
    expect(history.costs.loadSeconds).toBeCloseTo(3, 9);
    expect(budget).toEqual({ seconds: 10, reason: '10 s, 10 % of the 100 s between checkpoints' });
  });

  it('does not look ahead: what came later says nothing of an earlier checkpoint', () => {
    const { store, input } = world();
    evaluated(store, 100, { colours: 60 });
    evaluated(store, 300, { colours: 99, exam: 99 });
    const { history } = input(200);
    expect(history.evaluated).toBe(1);
    expect([...history.tasks.keys()]).toEqual(['colours']);
    expect(input(200).position).toBe(1);
  });

  it('is what single docs tell, where docs are to be chosen and enough checkpoints answered further ones', () => {
    const { store } = world();
    const config = configSchema.parse({ strategy: { name: 'adaptive', docs_per_task: 60, chosen_docs: 10 } });
    const chosenAt = (step: number) => {
      const { id } = store.checkpoints.add({ run: 'r', step, path: `/out/${step}`, format: 'hugging-face' });
      return decidePlan({ store, config, tasks }, store.checkpoints.require(id)).slices.find(
        ({ task }) => task === 'colours',
      )?.chosen;
    };
    for (const step of [100, 101, 102]) evaluated(store, step, { colours: 60 + step / 10 });
    expect(chosenAt(103)).toBeNull();
    for (const step of [105, 110, 130]) evaluated(store, step, { colours: 60 + step / 10 });
    const chosen = chosenAt(140)!;
    expect(chosen).toHaveLength(10);
    expect(chosen.every((doc) => doc >= 60 && doc < 100)).toBe(true);
    // Docs that all checkpoints answered alike tell less than those that some answered otherwise.
    const outcomes = [100, 105, 110, 130].map((step) => store.scores.outcomesOf(`r-${step}`)[0]!.values);
    const differ = chosen.filter((doc) => new Set(outcomes.map((values) => values[doc])).size > 1);
    expect(differ.length).toBeGreaterThan(5);
  });

  it('is told anew when the turn of a checkpoint comes that waited, unless something was asked of it', () => {
    const { store, config } = world();
    for (const step of [100, 200]) evaluated(store, step, { colours: 60, exam: 80 });
    const next = store.checkpoints.add({ run: 'r', step: 400, path: '/out/400', format: 'hugging-face' });
    const early = decidePlan({ store, config, tasks }, next);
    store.plans.add(early);
    store.evaluations.add({ id: evaluationId(early), checkpoint: next.id, plan: early.id });
    const between = evaluated(store, 300, { colours: 60, exam: 80 });
    store.verdicts.put(between, [
      verdict({
        kind: 'suspected',
        z: 3.1,
        series: { capability: 'comprehensive.general.exam', task: null, metric: 'score' },
      }),
    ]);
    const renewed = renewPlan({ store, config, tasks }, next);
    expect(renewed.slices[0]?.reason).toContain('At step 300 it was suspected');
    expect(store.plans.get(early.id)).toEqual(renewed);
    store.answers.append(evaluationId(early), 'exam', [
      { index: 0, docId: 'd', answer: null, error: 'none', values: {} },
    ]);
    store.verdicts.put(between, []);
    expect(renewPlan({ store, config, tasks }, next)).toEqual(renewed);
  });

  it('makes plans that say what they are made for', () => {
    const { store, config } = world();
    for (const step of [100, 200, 300]) evaluated(store, step, { colours: 60, exam: 52 });
    const next = store.checkpoints.add({ run: 'r', step: 400, path: '/out/400', format: 'hugging-face' });
    const plan = decidePlan({ store, config, tasks }, next);
    expect(plan.slices.map(({ task, docs, reason }) => [task, docs, reason])).toEqual([
      ['colours', 120, 'It was measured at the checkpoint before; it hardly moves.'],
      ['exam', 100, 'Its score is no better than chance, so a few docs are asked: enough to notice when that ends.'],
    ]);
    expect(plan.slices[0]?.expectedSeconds).toBeCloseTo(2.4, 9);
    expect(plan.leftOut.map(({ task, docs: left, reason }) => [task, left, reason])).toEqual([
      [
        'exam',
        20,
        'Its score is no better than chance, so all its docs are asked at every 20th checkpoint and the rest waits until then.',
      ],
    ]);
  });
});
