import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { STRATEGY_NAMES } from '../../src/config/schema.ts';
import { adaptive } from '../../src/strategy/strategies/adaptive.ts';
import { fixed } from '../../src/strategy/strategies/fixed.ts';
import { STRATEGIES } from '../../src/strategy/strategies/index.ts';
import { smoke } from '../../src/strategy/strategies/smoke.ts';
import { staged } from '../../src/strategy/strategies/staged.ts';
import { anyInput, historyOf, plannable, strategyInput } from '../fakes/strategy-input.ts';
import { testStrategy } from './strategy-contract.ts';

testStrategy(fixed);
testStrategy(smoke);
testStrategy(staged);
testStrategy(adaptive);

it('every strategy of the catalogue is held to the contract, and can be configured', () => {
  expect([...STRATEGIES]).toEqual([fixed, smoke, staged, adaptive]);
  expect(STRATEGIES.map(({ name }) => name)).toEqual(STRATEGY_NAMES);
});

const suite = [
  plannable('letters', { asksLetters: true }),
  plannable('answers'),
  plannable('writing', { outputType: 'generate_until', capabilities: ['advanced.generation.creative'] }),
  plannable('harm', { capabilities: ['safety.security.crime'] }),
  plannable('follow', { capabilities: ['comprehensive.general.instruction'] }),
  plannable('text', { outputType: 'loglikelihood_rolling', capabilities: ['probe.lm'] }),
];
const measured = (parts = {}) => historyOf(Object.fromEntries(suite.map(({ name }) => [name, parts])));
const names = (slices: readonly { readonly task: string }[]) => slices.map(({ task }) => task);

describe('staged', () => {
  const plan = (parts: Parameters<typeof strategyInput>[0]) => staged.plan(strategyInput({ tasks: suite, ...parts }));

  it('asks a young base model what it can show, and a part of the rest until its turn', () => {
    const history = measured({ isAtFloor: false });
    const noise = historyOf({
      ...Object.fromEntries(history.tasks),
      letters: { isAtFloor: true },
      writing: { isAtFloor: true },
    });
    const early = plan({ stage: { stage: 'early', reason: '' }, history: noise });
    const docs = new Map(early.slices.map((slice) => [slice.task, slice.docs]));
    expect([docs.get('answers'), docs.get('letters'), docs.get('writing')]).toEqual([300, 100, 100]);
    expect(new Set(names(early.slices.slice(-2)))).toEqual(new Set(['letters', 'writing']));
    expect(new Set(names(early.leftOut))).toEqual(new Set(['letters', 'writing']));
    const turn = plan({ stage: { stage: 'early', reason: '' }, history: noise, isAnchor: true });
    expect(new Set(turn.slices.map((slice) => slice.docs))).toEqual(new Set([300]));
  });

  it('believes what was measured: a task off its chance level suits any stage', () => {
    expect(plan({ stage: { stage: 'early', reason: '' }, history: measured() }).leftOut).toEqual([]);
  });

  it('asks an annealed model twice the docs', () => {
    const dense = plan({ stage: { stage: 'annealing', reason: '' }, history: measured() });
    expect(new Set(dense.slices.map(({ docs }) => docs))).toEqual(new Set([600]));
  });

  it('asks a tuned model behind the probes for instructions and safety first', () => {
    const tuned = plan({ modelType: 'chat', stage: { stage: 'sft', reason: '' }, history: measured() });
    expect(tuned.slices[0]?.task).toBe('text');
    expect(new Set(names(tuned.slices.slice(1, 3)))).toEqual(new Set(['harm', 'follow']));
    expect(tuned.slices).toHaveLength(suite.length);
  });
});

describe('adaptive', () => {
  const plan = (parts: Parameters<typeof strategyInput>[0]) => adaptive.plan(strategyInput({ tasks: suite, ...parts }));

  it('asks behind the probes what is under suspicion, the strongest first, whatever the budget', () => {
    const history = historyOf(
      {
        ...Object.fromEntries(measured().tasks),
        harm: { verdict: 'suspected', z: 3.2 },
        answers: { verdict: 'worse', z: 6 },
      },
      { answers: 1, harm: 1 },
    );
    const { slices, leftOut } = plan({ history, budget: { seconds: 1, reason: '1 s a checkpoint' } });
    expect(names(slices)).toEqual(['text', 'answers', 'harm']);
    expect(slices[2]?.reason).toBe(
      'At step 90 it was suspected with 3.2 standard errors of evidence, so it is asked before the others.',
    );
    expect(slices[2]?.couldChange).toContain('becomes an alert or is dropped');
    expect(new Set(names(leftOut))).toEqual(new Set(['letters', 'writing', 'follow']));
    expect(leftOut.every(({ reason }) => reason.includes('1 s a checkpoint'))).toBe(true);
  });

  it('asks what was not measured for long and moves fast before what was measured just now', () => {
    const history = historyOf({
      ...Object.fromEntries(measured().tasks),
      letters: { missed: 4, speed: 0.1 },
      follow: { missed: 4, speed: 2 },
    });
    const order = names(plan({ history }).slices);
    expect(order.slice(0, 3)).toEqual(['text', 'follow', 'letters']);
  });

  it('asks the cheaper of two equals first', () => {
    const tasks = [plannable('dear'), plannable('cheap')];
    const history = historyOf({ dear: {}, cheap: {} }, { dear: 0.2, cheap: 0.1 });
    expect(names(adaptive.plan(strategyInput({ tasks, history })).slices)).toEqual(['cheap', 'dear']);
  });

  it('asks a part of what is at floor or ceiling, slow, or unhealthy, and says until when the rest waits', () => {
    const tasks = ['a', 'b', 'c', 'd', 'e'].map((name) => plannable(name));
    const rare = { a: { isAtFloor: true }, b: { isAtCeiling: true }, c: {}, d: { health: 0.01 }, e: {} };
    const costs = { a: 0.1, b: 0.1, c: 0.1, d: 0.1, e: 2 };
    const { slices, leftOut } = adaptive.plan(strategyInput({ tasks, history: historyOf(rare, costs) }));
    expect(slices.map(({ task, docs }) => [task, docs])).toEqual([
      ['c', 300],
      ['a', 100],
      ['b', 100],
      ['e', 100],
      ['d', 100],
    ]);
    expect(slices[2]).toMatchObject({
      reason: 'It is at its ceiling, so a few docs are asked: enough to notice when that ends.',
      couldChange: 'Whether basic.knowledge has begun to fall from its ceiling.',
    });
    const wait = 'so all its docs are asked at every 10th checkpoint and the rest waits until then.';
    expect(leftOut.map(({ task, reason }) => `${task}: ${reason}`)).toEqual([
      `a: Its score is no better than chance, ${wait}`,
      `b: It is at its ceiling, ${wait}`,
      `e: It takes 20 times what a task of its kind usually takes, ${wait}`,
      `d: Only 1 % of its docs still tell checkpoints apart, ${wait}`,
    ]);
    expect(leftOut[2]).toMatchObject({ docs: 200, expectedSeconds: 400 });
    const fell = historyOf({ ...rare, b: { isAtCeiling: true, verdict: 'suspected', z: 3 } }, costs);
    expect(adaptive.plan(strategyInput({ tasks, history: fell })).slices[0]).toMatchObject({ task: 'b', docs: 300 });
  });

  it('asks the full set of every task at an anchor, as far as the budget goes', () => {
    const history = historyOf(
      { ...Object.fromEntries(measured().tasks), letters: { isAtCeiling: true } },
      { answers: 0.01 },
    );
    const anchor = plan({ history, isAnchor: true });
    expect(anchor.leftOut).toEqual([]);
    const more = anchor.slices.filter(({ from }) => from > 0);
    expect(more.map(({ from, docs }) => [from, docs])).toEqual(more.map(() => [300, 1000]));
    expect(new Set(names(more))).toEqual(new Set(['letters', 'answers', 'writing', 'harm', 'follow']));
    const tight = plan({ history, isAnchor: true, budget: { seconds: 1, reason: '1 s a checkpoint' } });
    expect(new Set(names(tight.slices))).toEqual(new Set(suite.map(({ name }) => name)));
    expect(tight.slices.every(({ from }) => from === 0)).toBe(true);
    expect(tight.leftOut.every(({ docs }) => docs === 700)).toBe(true);
  });

  it('adds the docs that tell most at the present ability, and gives them up first', () => {
    const items = Array.from({ length: 1000 }, (_, doc) => ({ slope: 1, difficulty: doc / 100 - 5 }));
    const history = {
      ...historyOf({ answers: {} }, { answers: 0.1 }),
      docs: new Map([['answers', { items, ability: 1.005 }]]),
    };
    const input = strategyInput({ tasks: [plannable('answers')], history, chosenDocs: 4 });
    const [slice] = adaptive.plan(input).slices;
    expect(slice).toMatchObject({ from: 0, docs: 300, chosen: [599, 600, 601, 602] });
    expect(slice?.expectedSeconds).toBeCloseTo(30.4, 9);
    expect(slice?.reason).toContain('; 4 more docs are chosen that tell most at its present ability.');
    expect(adaptive.plan({ ...input, isAnchor: true }).slices.map(({ chosen }) => chosen)).toEqual([null, null]);
    const [tight] = adaptive.plan({ ...input, budget: { seconds: 30.2, reason: '30 s' } }).slices;
    expect(tight).toMatchObject({ docs: 300, chosen: null });
    expect(tight?.expectedSeconds).toBeCloseTo(30, 9);
  });

  it('keeps to its budget but for what is always asked', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const { slices } = adaptive.plan({ ...input, isAnchor: false });
        if (input.budget.seconds === null) return;
        const free = new Set(
          input.tasks.flatMap(({ name, capabilities }) => {
            const verdict = input.history.tasks.get(name)?.verdict;
            return capabilities[0]?.startsWith('probe.') || verdict === 'worse' || verdict === 'suspected'
              ? [name]
              : [];
          }),
        );
        const paid = slices.filter(({ task }) => !free.has(task));
        const cost = paid.reduce((sum, { expectedSeconds }) => sum + (expectedSeconds ?? 0), 0);
        // Something is always asked.
        if (slices.length > 1) expect(cost).toBeLessThanOrEqual(input.budget.seconds + 1e-6);
      }),
    );
  });
});
