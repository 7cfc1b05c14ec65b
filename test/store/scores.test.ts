import { describe, expect, it } from 'vitest';
import type { Outcomes, Score } from '../../src/domain/score.ts';
import type { Verdict } from '../../src/domain/trend.ts';
import { type Scratch, scratchStore, withCheckpoints } from './scratch.ts';

const score = (value: number, changes: Partial<Score> = {}): Score => ({
  task: 'arith',
  metric: 'acc',
  value,
  stderr: 0.02,
  n: 300,
  failed: 0,
  higherIsBetter: true,
  taskVersion: '1.0',
  taskHash: 'h1',
  family: 'accuracy',
  unit: 'proportion',
  isAttached: false,
  reason: null,
  ...changes,
});

const outcomes = (values: readonly number[], task = 'arith', taskHash = 'h1'): Outcomes => ({
  task,
  metric: 'acc',
  taskHash,
  higherIsBetter: true,
  values: Float32Array.from(values),
});

const capability = (value: number) => ({
  capability: 'basic.reasoning.math',
  value,
  stderr: Number.NaN,
  n: 300,
  members: [{ name: 'arith', metric: 'acc', value, stderr: Number.NaN, n: 300, weight: 1 }],
  missing: [{ name: 'lost', reason: 'it could not be asked' }],
  segment: 's1',
});

function evaluated(scratch: Scratch, id: string, value: number): void {
  scratch.store.scores.put(id, {
    scores: [score(value), score(value / 2, { task: 'copy' })],
    outcomes: [outcomes([1, 0, Number.NaN]), outcomes([0.5], 'copy')],
    capabilities: [capability(value)],
  });
}

const verdict = (checkpoint: string, step: number, changes: Partial<Verdict> = {}): Verdict => ({
  series: { capability: 'basic.reasoning.math', task: null, metric: 'score' },
  checkpoint,
  step,
  kind: 'worse',
  reason: 'because',
  value: 0.5,
  reference: 0.6,
  difference: -0.1,
  ci95: [-0.15, -0.05],
  n: 300,
  z: Number.POSITIVE_INFINITY,
  windowSize: 1,
  referenceSteps: [100],
  changeBetween: [100, 200],
  flipped: [{ task: 'arith', index: 3 }],
  ...changes,
});

describe('scores', () => {
  it('come back as they were measured, undefined numbers too', () => {
    const scratch = scratchStore();
    const [id] = withCheckpoints(scratch, 100) as [string];
    const measured = {
      scores: [
        score(Number.NaN, { stderr: Number.NaN, n: 0, failed: 3, higherIsBetter: false }),
        score(Number.NaN, { metric: 'ece_10_bin', family: 'uncertainty', isAttached: true, reason: 'under 300 docs' }),
      ],
      outcomes: [outcomes([1, 0, Number.NaN])],
      capabilities: [capability(0.5)],
    };
    scratch.store.scores.put(id, measured);
    expect(scratch.store.scores.ofCheckpoint(id)).toEqual(measured.scores);
    // What failed is known from the score.
    expect(scratch.store.scores.outcomesOf(id)).toMatchObject(measured.outcomes);
    expect(scratch.store.scores.outcomesOf(id)[0]).toMatchObject({ failed: 3 });
    expect(scratch.store.scores.capabilitiesOf(id)).toEqual(measured.capabilities);
  });

  it('replace those of the same task version, and stand beside those of another', () => {
    const scratch = scratchStore();
    const [id] = withCheckpoints(scratch, 100) as [string];
    for (const written of [score(0.1), score(0.2), score(0.9, { taskHash: 'h2' })]) {
      scratch.store.scores.put(id, { scores: [written], outcomes: [], capabilities: [] });
    }
    expect(scratch.store.scores.ofCheckpoint(id).map(({ value }) => value)).toEqual([0.2, 0.9]);
  });

  it('give the outcomes of the newest checkpoints that have any, ascending', () => {
    const scratch = scratchStore();
    const ids = withCheckpoints(scratch, 400, 100, 200, 300, 200, 500);
    for (const id of ids.filter((candidate) => candidate !== 'r-300')) evaluated(scratch, id, 0.5);
    const recent = scratch.store.scores.recentOutcomes('r', { upToStep: 400, limit: 3, tasks: new Set(['arith']) });
    expect(recent.map(({ checkpoint }) => checkpoint)).toEqual(['r-200', 'r-200.2', 'r-400']);
    expect(recent[0]?.outcomes).toMatchObject([outcomes([1, 0, Number.NaN])]);
  });
});

describe('series', () => {
  it('join scores, steps and verdicts, within the steps asked for', () => {
    const scratch = scratchStore();
    const ids = withCheckpoints(scratch, 300, 100, 200) as [string, string, string];
    ids.forEach((id, at) => {
      evaluated(scratch, id, at / 10);
    });
    scratch.store.verdicts.put('r-200', [verdict('r-200', 200)]);
    const all = scratch.store.series.ofRun('r');
    expect(all.map(({ capability, task, metric }) => capability ?? `${task}/${metric}`)).toEqual([
      'basic.reasoning.math',
      'arith/acc',
      'copy/acc',
    ]);
    expect(all[0]?.points.map(({ step, value, verdict }) => [step, value, verdict])).toEqual([
      [100, 0.1, null],
      [200, 0.2, 'worse'],
      [300, 0, null],
    ]);
    expect(scratch.store.series.ofRun('r', { task: 'copy', from: 150, to: 250 })).toEqual([
      expect.objectContaining({
        task: 'copy',
        points: [expect.objectContaining({ step: 200, value: 0.1, segment: 'h1' })],
      }),
    ]);
    expect(scratch.store.series.ofRun('r', { capability: 'basic.reasoning.math' })).toHaveLength(1);
    expect(scratch.store.series.ofRun('r', { metric: 'nothing' })).toEqual([]);
  });

  it('break where another kind of engine answered, not where only its version or device number changed', () => {
    const scratch = scratchStore();
    const { store } = scratch;
    const answeredBy = (id: string, device: string, engineVersion: string) => {
      evaluated(scratch, id, 0.5);
      store.plans.add({ id: `plan-${id}`, checkpoint: id, strategy: 'fixed', slices: [], leftOut: [] });
      store.evaluations.add({ id: `evaluation-${id}`, checkpoint: id, plan: `plan-${id}` });
      const engine = { engine: 'vllm', engineVersion, dtype: 'bfloat16', device, maxLength: null, isVerified: true };
      store.evaluations.start(`evaluation-${id}`, engine);
    };
    const segments = () => store.series.ofRun('r', { task: 'copy' })[0]!.points.map(({ segment }) => segment);
    const ids = withCheckpoints(scratch, 100, 200, 300) as [string, string, string];
    answeredBy(ids[0], 'cuda:0', '1');
    answeredBy(ids[1], 'cuda:3', '2');
    expect(segments()).toEqual(['h1', 'h1']);
    answeredBy(ids[2], 'cpu', '2');
    expect(segments()).toEqual(['h1 vllm bfloat16 cuda', 'h1 vllm bfloat16 cuda', 'h1 vllm bfloat16 cpu']);
    expect(store.scores.recentOutcomes('r', { limit: 2 }).map(({ engine }) => engine)).toEqual([
      'vllm bfloat16 cuda',
      'vllm bfloat16 cpu',
    ]);
  });
});

describe('verdicts', () => {
  it('come back whole and are replaced together', () => {
    const scratch = scratchStore();
    withCheckpoints(scratch, 100, 200);
    const { verdicts } = scratch.store;
    const task = verdict('r-200', 200, { series: { capability: null, task: 'arith', metric: 'acc' }, kind: 'same' });
    verdicts.put('r-200', [verdict('r-200', 200), task]);
    expect(verdicts.ofCheckpoint('r-200')).toEqual([task, verdict('r-200', 200)]);
    verdicts.put('r-100', [verdict('r-100', 100)]);
    expect(verdicts.ofRun('r').map(({ step, verdicts }) => [step, verdicts.length])).toEqual([
      [100, 1],
      [200, 2],
    ]);
    verdicts.put('r-200', [task]);
    expect(verdicts.ofCheckpoint('r-200')).toEqual([task]);
  });
});
