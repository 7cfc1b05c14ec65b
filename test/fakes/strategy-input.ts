/** What a strategy is given; what a test does not care about is plain. */
import fc from 'fast-check';
import type { OutputType } from '../../src/domain/task.ts';
import type { History, TaskHistory } from '../../src/strategy/history.ts';
import type { ItemBank } from '../../src/strategy/item-response.ts';
import type { PlannableTask, StrategyInput } from '../../src/strategy/strategy.ts';

export function plannable(name: string, parts: Partial<PlannableTask> = {}): PlannableTask {
  return {
    name,
    version: '1',
    hash: `hash-${name}`,
    capabilities: ['basic.knowledge'],
    outputType: 'multiple_choice',
    card: { kinds: [], licence: null, source: null, notice: null },
    numFewshot: 0,
    metrics: [{ metric: 'acc', higherIsBetter: true, options: {} }],
    primaryMetric: 'acc',
    size: 1000,
    asksLetters: false,
    ...parts,
  };
}

export function taskHistory(parts: Partial<TaskHistory> = {}): TaskHistory {
  return {
    lastStep: 90,
    missed: 0,
    verdict: 'same',
    z: 0.2,
    speed: 0.3,
    isAtFloor: false,
    isAtCeiling: false,
    health: 1,
    soundness: 1,
    ...parts,
  };
}

export function historyOf(
  tasks: Readonly<Record<string, Partial<TaskHistory>>> = {},
  secondsPerDoc: Readonly<Record<string, number>> = {},
): History {
  return {
    evaluated: 9,
    tasks: new Map(Object.entries(tasks).map(([name, parts]) => [name, taskHistory(parts)])),
    costs: { secondsPerDoc: new Map(Object.entries(secondsPerDoc)), loadSeconds: null },
    docs: new Map(),
  };
}

export function strategyInput(parts: Partial<StrategyInput> = {}): StrategyInput {
  return {
    step: 100,
    position: 9,
    tasks: [plannable('facts')],
    docsPerTask: 300,
    mostDocs: 1500,
    chosenDocs: 0,
    history: historyOf(),
    modelType: 'base',
    stage: { stage: 'late', reason: 'most of it is done' },
    budget: { seconds: null, reason: '' },
    isAnchor: false,
    anchorEvery: 10,
    ...parts,
  };
}

const OUTPUT_TYPES: readonly OutputType[] = [
  'multiple_choice',
  'loglikelihood',
  'loglikelihood_rolling',
  'generate_until',
];

const anyHistory = fc.record({
  lastStep: fc.nat(99),
  missed: fc.nat(30),
  verdict: fc.constantFrom(null, 'better', 'same', 'suspected', 'worse', 'unknown'),
  z: fc.option(fc.double({ min: 0, max: 9, noNaN: true })),
  speed: fc.option(fc.double({ min: 0, max: 20, noNaN: true })),
  isAtFloor: fc.boolean(),
  isAtCeiling: fc.boolean(),
  health: fc.double({ min: 0, max: 1, noNaN: true }),
  soundness: fc.double({ min: 0.05, max: 1, noNaN: true }),
} satisfies { [Key in keyof TaskHistory]: fc.Arbitrary<TaskHistory[Key]> });

const anyTask = fc.record({
  capability: fc.constantFrom('basic.knowledge', 'safety.values', 'probe.lm', 'comprehensive.general.instruction'),
  outputType: fc.constantFrom(...OUTPUT_TYPES),
  size: fc.integer({ min: 1, max: 4000 }),
  asksLetters: fc.boolean(),
  hasVariant: fc.boolean(),
  history: fc.option(anyHistory),
  seconds: fc.option(fc.double({ min: 1e-4, max: 5, noNaN: true })),
  ability: fc.option(fc.double({ min: -3, max: 3, noNaN: true })),
});

/** Docs from easy to hard and back, every seventh unknown. */
function itemsOf(size: number): ItemBank {
  return Array.from({ length: size }, (_, doc) => (doc % 7 === 0 ? null : { slope: 1, difficulty: Math.sin(doc) * 2 }));
}

/** Anything a strategy may meet. */
export const anyInput: fc.Arbitrary<StrategyInput> = fc
  .record({
    drawn: fc.array(anyTask, { maxLength: 12 }),
    docsPerTask: fc.integer({ min: 1, max: 1500 }),
    chosenDocs: fc.nat(50),
    position: fc.nat(200),
    isAnchor: fc.boolean(),
    loadSeconds: fc.option(fc.double({ min: 0, max: 60, noNaN: true })),
    seconds: fc.option(fc.double({ min: 0, max: 600, noNaN: true })),
    modelType: fc.constantFrom('base', 'chat'),
    stage: fc.constantFrom('early', 'middle', 'late', 'annealing', 'sft', 'preference', 'rl'),
  } as const)
  .map(({ drawn, loadSeconds, seconds, stage, ...rest }): StrategyInput => {
    const tasks = drawn.flatMap(({ capability, outputType, size, asksLetters, hasVariant }, at) => {
      const task = plannable(`task${at}`, { capabilities: [capability], outputType, size, asksLetters });
      const variant = { of: task.name, perturbation: 'mild', changed: 3 };
      return hasVariant ? [task, plannable(`task${at}~mild`, { capabilities: [], outputType, size, variant })] : [task];
    });
    return strategyInput({
      ...rest,
      tasks,
      history: {
        evaluated: rest.position,
        tasks: new Map(drawn.flatMap(({ history }, at) => (history === null ? [] : [[`task${at}`, history]]))),
        costs: {
          secondsPerDoc: new Map(
            drawn.flatMap(({ seconds: cost }, at) => (cost === null ? [] : [[`task${at}`, cost]])),
          ),
          loadSeconds,
        },
        docs: new Map(
          drawn.flatMap(({ ability, size }, at) =>
            ability === null ? [] : [[`task${at}`, { items: itemsOf(size), ability }]],
          ),
        ),
      },
      stage: { stage, reason: 'it is' },
      budget: { seconds, reason: seconds === null ? '' : `${seconds} s` },
    });
  });
