import { describe, expect, it } from 'vitest';
import type { Sample } from '../../src/domain/sample.ts';
import { planSlice } from '../fakes/plan-slice.ts';
import { type Scratch, scratchStore, withCheckpoints } from './scratch.ts';

const sample = (index: number, text = `answer ${index}`): Sample => ({
  index,
  docId: `doc-${index}`,
  answer: { kind: 'text', text, tokens: 3 },
  error: null,
  values: { exact_match: index % 2 },
});

function planned(scratch: Scratch, evaluation: string, checkpoint: string, docs: number, taskHash = 'h1'): void {
  const { plans, evaluations } = scratch.store;
  const plan = `plan-${evaluation}`;
  plans.add({
    id: plan,
    checkpoint,
    strategy: 'fixed',
    slices: [planSlice({ task: 'copy', taskHash, capabilities: ['basic'], docs, reason: 'all' })],
    leftOut: [{ task: 'other', docs: 5, reason: 'no time', expectedSeconds: 3 }],
  });
  evaluations.add({ id: evaluation, checkpoint, plan });
}

describe('answers', () => {
  it('are appended batch by batch, and tell how far an evaluation came', () => {
    const scratch = scratchStore();
    const [checkpoint] = withCheckpoints(scratch, 100) as [string];
    planned(scratch, 'e', checkpoint, 4);
    const { answers } = scratch.store;
    answers.append('e', 'copy', [sample(2), sample(3)]);
    answers.append('e', 'copy', [sample(1), sample(0)]);
    answers.append('e', 'copy', []);
    expect(answers.progress('e')).toEqual(new Map([['copy', 4]]));
    expect(answers.ofEvaluation('e', 'copy')).toEqual([0, 1, 2, 3].map((index) => sample(index)));
  });

  it('count a batch once that is asked again', () => {
    const scratch = scratchStore();
    const [checkpoint] = withCheckpoints(scratch, 100) as [string];
    planned(scratch, 'e', checkpoint, 2);
    scratch.store.answers.append('e', 'copy', [sample(0, 'first'), sample(1)]);
    scratch.store.answers.append('e', 'copy', [sample(0, 'again'), sample(1)]);
    expect(scratch.store.answers.ofEvaluation('e', 'copy')).toEqual([sample(0, 'again'), sample(1)]);
  });

  it('survive any text and any number', () => {
    const scratch = scratchStore();
    const [checkpoint] = withCheckpoints(scratch, 100) as [string];
    planned(scratch, 'e', checkpoint, 3);
    const odd: Sample[] = [
      sample(0, '天秤 \u0000 "$number" \ud800 🦆'),
      {
        ...sample(1),
        answer: { kind: 'choice', logprobs: [-1, Number.NaN, -Infinity], isGreedy: [true, false, false] },
      },
      { ...sample(2), answer: null, error: 'timed out', values: {} },
    ];
    scratch.store.answers.append('e', 'copy', odd);
    expect(scratch.store.answers.ofEvaluation('e', 'copy')).toEqual(odd);
  });

  it('of a checkpoint are those of all its evaluations, later ones first, within one version of the task', () => {
    const scratch = scratchStore();
    const [checkpoint] = withCheckpoints(scratch, 100) as [string];
    planned(scratch, 'e1', checkpoint, 2);
    planned(scratch, 'e2', checkpoint, 3);
    planned(scratch, 'e3', checkpoint, 1, 'h2');
    const { answers } = scratch.store;
    answers.append('e1', 'copy', [sample(0, 'old'), sample(1, 'old')]);
    answers.append('e2', 'copy', [sample(1, 'new'), sample(2, 'new')]);
    answers.append('e3', 'copy', [sample(0, 'other version')]);
    expect(answers.ofCheckpoint(checkpoint, 'copy', 'h1')).toEqual([
      sample(0, 'old'),
      sample(1, 'new'),
      sample(2, 'new'),
    ]);
    expect(answers.ofCheckpoint(checkpoint, 'copy')[0]).toEqual(sample(0, 'other version'));
  });
});

describe('plans and evaluations', () => {
  it('are extended behind what was planned, and keep what each slice took', () => {
    const scratch = scratchStore();
    const [checkpoint] = withCheckpoints(scratch, 100) as [string];
    planned(scratch, 'e', checkpoint, 2);
    const { plans } = scratch.store;
    const more = [
      planSlice({ task: 'copy', from: 2, docs: 9, couldChange: 'The verdict.' }),
      planSlice({ task: 'copy', from: 9, docs: 9, chosen: [12, 40] }),
    ];
    plans.extend('plan-e', more);
    expect(plans.get('plan-e')?.slices.slice(1)).toEqual(more);
    plans.spend('plan-e', 1, 0.5);
    plans.spend('plan-e', 1, 1.5);
    expect(plans.costs('plan-e')).toEqual([null, 2, null]);
  });

  it('are kept once, with the course of their attempts', () => {
    const scratch = scratchStore();
    const { store, clock } = scratch;
    const [checkpoint] = withCheckpoints(scratch, 100) as [string];
    planned(scratch, 'e', checkpoint, 2);
    planned(scratch, 'e', checkpoint, 99);
    expect(store.plans.ofCheckpoint(checkpoint)).toHaveLength(1);
    expect(store.plans.get('plan-e')?.leftOut).toEqual([
      { task: 'other', docs: 5, reason: 'no time', expectedSeconds: 3 },
    ]);
    expect(store.plans.get('plan-e')?.slices[0]).toMatchObject({ docs: 2, capabilities: ['basic'], reason: 'all' });
    const engine = {
      engine: 'embedded',
      engineVersion: '1',
      dtype: 'float32',
      device: 'cpu',
      maxLength: 256,
      isVerified: true,
    };
    store.evaluations.start('e', engine);
    clock.at = 5_000;
    store.evaluations.fail('e', 'the engine died', 2);
    expect(store.evaluations.inState('failed')).toHaveLength(1);
    store.evaluations.start('e', engine);
    clock.at = 9_000;
    store.evaluations.finish('e', 3);
    expect(store.evaluations.get('e')).toEqual({
      id: 'e',
      checkpoint,
      plan: 'plan-e',
      state: 'finished',
      engine,
      startedAt: 1_000,
      finishedAt: 9_000,
      seconds: 5,
      attempts: 2,
      error: null,
    });
  });
});
