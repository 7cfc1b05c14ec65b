import { describe, expect, test } from 'vitest';
import { type DetectInput, detectAlerts } from '../../src/alert/detect.ts';
import { messageOf } from '../../src/alert/message.ts';
import { renderText } from '../../src/alert/render-text.ts';
import type { AdvisedChange } from '../../src/domain/alert.ts';
import { alert, checkpoints, member, telemetry } from './fixtures.ts';

function input(step: number, overrides: Partial<DetectInput> = {}): DetectInput {
  return {
    run: 'run',
    checkpoints: checkpoints(step),
    firing: [],
    resolved: [],
    judgedLeaves: 12,
    telemetry: telemetry(step),
    openAlerts: [],
    ...overrides,
  };
}

const leaf = (capability: string, overrides = {}) => ({
  member: member({ capability, ...overrides }),
  level: 'leaf',
  flipped: [{ task: `task of ${capability}`, index: 3 }],
});

describe('one cause is one alert', () => {
  const spread = { firedAtStep: 1400, changeBetween: [1000, 1200] as const };
  const broad = [
    { ...leaf('*', spread), level: 'whole' },
    { ...leaf('basic.reasoning', spread), level: 'inner:2' },
    leaf('basic.reasoning.math', spread),
    leaf('basic.reasoning.logic', spread),
    leaf('advanced.context.culture', spread),
  ];

  test('a broad drop is one alert that names the leaves, not their parents', () => {
    const changes = detectAlerts(input(1400, { firing: broad }));
    expect(changes).toHaveLength(1);
    expect(changes[0]!.change).toBe('open');
    expect(changes[0]!.alert.members.map(({ capability }) => capability).sort()).toEqual([
      'advanced.context.culture',
      'basic.reasoning.logic',
      'basic.reasoning.math',
    ]);
    expect(changes[0]!.alert).toMatchObject({
      severity: 'critical',
      step: 1400,
      sinceStep: 1000,
      lastGoodCheckpoint: '/data/run/checkpoint-1000',
      checkpoint: 'run-1400',
    });
    expect(changes[0]!.flipped).toHaveLength(3);
  });

  test('a broad and shallow drop is named by its highest node', () => {
    const changes = detectAlerts(input(1400, { firing: broad.slice(0, 2) }));
    expect(changes.map(({ alert }) => alert.members.map(({ capability }) => capability))).toEqual([['*']]);
  });

  test('changes that do not overlap are two causes', () => {
    const firing = [
      leaf('safety.values.bias', { changeBetween: [400, 600] }),
      leaf('basic.reasoning.math', { changeBetween: [1000, 1200] }),
    ];
    expect(detectAlerts(input(1400, { firing }))).toHaveLength(2);
  });

  test('the same input gives the same ids; another run others', () => {
    const [a] = detectAlerts(input(1400, { firing: broad }));
    const [b] = detectAlerts(input(1400, { firing: [...broad].reverse() }));
    const [c] = detectAlerts(input(1400, { firing: broad, run: 'other' }));
    expect(b!.alert.id).toBe(a!.alert.id);
    expect(c!.alert.id).not.toBe(a!.alert.id);
  });
});

describe('an open alert', () => {
  const [opened] = detectAlerts(input(1400, { firing: [leaf('advanced.context.culture')] }));
  const openAlerts = [opened!.alert];

  test('absorbs a later capability of the same change', () => {
    const firing = [leaf('advanced.context.semantics', { firedAtStep: 1600, changeBetween: [1000, 1400] })];
    const changes = detectAlerts(input(1600, { firing, openAlerts }));
    expect(changes.map(({ change }) => change)).toEqual(['update']);
    expect(changes[0]!.alert.id).toBe(opened!.alert.id);
    expect(changes[0]!.alert.members).toHaveLength(2);
  });

  test('is not joined by a drop that began after it fired', () => {
    const firing = [
      leaf('basic.reasoning.math', { firedAtStep: 2000, changeBetween: [1800, 2000], levelSinceStep: 2000 }),
    ];
    const changes = detectAlerts(input(2000, { firing, openAlerts }));
    expect(changes.map(({ change }) => change)).toEqual(['open']);
    expect(changes[0]!.alert.id).not.toBe(opened!.alert.id);
  });

  test('keeps the frozen reference when the same capability falls on', () => {
    const again = {
      firedAtStep: 1600,
      changeBetween: [1400, 1600],
      levelSinceStep: 1600,
      from: 0.48,
      to: 0.4,
      referenceSteps: [1200],
    };
    const [change] = detectAlerts(input(1600, { firing: [leaf('advanced.context.culture', again)], openAlerts }));
    expect(change!.change).toBe('update');
    expect(change!.alert.members).toHaveLength(1);
    expect(change!.alert.members[0]).toMatchObject({
      from: 0.621,
      to: 0.4,
      levelSinceStep: 1600,
      referenceSteps: [400, 600, 800, 1000],
    });
    expect(change!.alert.members[0]!.difference).toBeCloseTo(-0.221, 9);
  });

  test('covers the node above that notices the same change later', () => {
    const firing = [{ ...leaf('advanced', { firedAtStep: 1800, changeBetween: [1000, 1400] }), level: 'inner:1' }];
    expect(detectAlerts(input(1800, { firing, openAlerts }))).toEqual([]);
  });

  test('is resolved when its last member is back', () => {
    const two = [
      detectAlerts(input(1600, { firing: [leaf('advanced.context.semantics', { firedAtStep: 1600 })], openAlerts }))[0]!
        .alert,
    ];
    const [first, second] = two[0]!.members;
    const [half] = detectAlerts(input(2400, { resolved: [first!], openAlerts: two }));
    expect(half).toMatchObject({ change: 'update', alert: { state: 'firing' } });
    const [whole] = detectAlerts(input(2600, { resolved: [second!], openAlerts: [half!.alert] }));
    expect(whole).toMatchObject({ change: 'resolve', alert: { state: 'resolved', resolvedAtStep: 2600 } });
  });
});

describe('telemetry', () => {
  test('steady telemetry raises nothing', () => {
    for (let step = 200; step <= 3600; step += 200) expect(detectAlerts(input(step))).toEqual([]);
  });

  test('a NaN is critical at the step it is first seen, once', () => {
    const points = telemetry(1400, (step) => (step >= 1250 ? { loss: 0, gradNorm: Number.NaN } : {}));
    const [change] = detectAlerts(input(1400, { telemetry: points }));
    expect(change!.alert).toMatchObject({ kind: 'non-finite-loss', severity: 'critical', step: 1400, sinceStep: 1200 });
    expect(change!.alert.summary).toContain('Gradient norm is NaN at step 1,250');
    expect(change!.alert.summary).toContain('go back to step 1,200');
    const later = telemetry(1600, (step) => (step >= 1250 ? { loss: Number.NaN } : {}));
    expect(detectAlerts(input(1600, { telemetry: later, openAlerts: [change!.alert] }))).toEqual([]);
    const cured = detectAlerts(input(1600, { telemetry: telemetry(1600), openAlerts: [change!.alert] }));
    expect(cured.map(({ change: what }) => what)).toEqual(['resolve']);
  });

  test('a spike is a warning with its step, and evidence when a regression opens with it', () => {
    const points = telemetry(1400, (step) => (step === 1310 ? { loss: 3.4 } : {}));
    const [change] = detectAlerts(input(1400, { telemetry: points }));
    expect(change!.alert).toMatchObject({ kind: 'telemetry-spike', severity: 'warning' });
    expect(change!.alert.summary).toContain('Loss spiked to 3.4 at step 1,310; it was about 1.59 before');
    const firing = [leaf('basic.reasoning.math', { changeBetween: [1200, 1400], levelSinceStep: 1400 })];
    const together = detectAlerts(input(1400, { telemetry: points, firing }));
    expect(together.map(({ alert: { kind } }) => kind)).toEqual(['regression']);
    expect(together[0]!.alert.telemetry!.spikes.loss).toBe(1310);
  });
});

describe('advice', () => {
  const zh = { idiom_zh: 'zh', zodiac_zh: 'zh', arith_en: 'en' };
  const cut = (from: number) => (step: number) =>
    step > from ? { dataMix: { en: 0.75, zh: 0, xl: 0, new: 0.25 } } : {};

  test('Chinese falls after its share was cut: give it back', () => {
    const [change] = detectAlerts(
      input(1400, {
        firing: [leaf('advanced.context.culture')],
        telemetry: telemetry(1400, cut(1000)),
        languageOf: zh,
      }),
    );
    const [advice] = change!.alert.advice;
    expect(advice).toMatchObject({ confidence: 'high' });
    expect(advice!.action).toContain('Chinese');
    expect(advice!.why).toContain('36 % to 0 %');
    expect(advice!.zh!.action).toContain('中文');
    // In numbers: what it had, and the others in the proportions they have now.
    expect(advice!.change).toMatchObject({ kind: 'raise_share', part: 'zh', share: 0.36 });
    const { mix } = advice!.change as Extract<AdvisedChange, { kind: 'raise_share' }>;
    expect(Object.values(mix).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
    expect([mix.zh, mix.en! / mix.new!]).toEqual([0.36, expect.closeTo(3, 9)]);
  });

  test('a sudden drop with a jump of the learning rate: roll back to the last good checkpoint', () => {
    const points = telemetry(1400, (step) => (step > 1240 && step <= 1300 ? { learningRate: 0.018, loss: 2.9 } : {}));
    const sudden = { changeBetween: [1200, 1400] as const, levelSinceStep: 1400 };
    const firing = [
      { ...leaf('*', sudden), level: 'whole' },
      leaf('basic.reasoning.math', sudden),
      leaf('advanced.context.culture', sudden),
    ];
    const [change] = detectAlerts(input(1400, { firing, telemetry: points }));
    const [advice] = change!.alert.advice;
    expect(advice).toMatchObject({ confidence: 'high' });
    expect(advice!.action).toContain('/data/run/checkpoint-1200');
    expect(advice!.why).toContain('from 0.003 to 0.018 at step 1,250');
    expect(advice!.change).toEqual({ kind: 'lower_learning_rate', learningRate: 0.003 });
  });

  test('a sudden drop with a spike of the loss alone: half the usual learning rate', () => {
    const points = telemetry(1400, (step) => (step > 1240 && step <= 1300 ? { loss: 2.9 } : {}));
    const sudden = { changeBetween: [1200, 1400] as const, levelSinceStep: 1400 };
    const firing = [{ ...leaf('*', sudden), level: 'whole' }, leaf('basic.reasoning.math', sudden)];
    const [change] = detectAlerts(input(1400, { firing, telemetry: points }));
    expect(change!.alert.advice[0]!.change).toEqual({ kind: 'lower_learning_rate', learningRate: 0.0015 });
  });

  test('English falls while the Chinese share was cut: only the timing is said', () => {
    const firing = [leaf('basic.reasoning.math', { tasks: ['arith_en'] })];
    const [change] = detectAlerts(input(1400, { firing, telemetry: telemetry(1400, cut(1000)), languageOf: zh }));
    expect(change!.alert.advice.map(({ confidence }) => confidence)).toEqual(['low']);
    expect(change!.alert.advice[0]!.action).not.toContain('Chinese');
    expect(change!.alert.advice[0]!.change).toBeUndefined();
  });

  const parts = (step: number, before: Record<string, number>, after: Record<string, number>) =>
    telemetry(1400, (at) => ({ dataMix: at > step ? after : before }));

  test('code or mathematics falls after the share of just that data was cut', () => {
    const mixes = parts(1000, { web: 0.6, the_stack: 0.25, open_web_math: 0.15 }, { web: 0.85, open_web_math: 0.15 });
    const code = leaf('advanced.generation.code', { tasks: ['humaneval'] });
    const [change] = detectAlerts(input(1400, { firing: [code], telemetry: mixes }));
    expect(change!.alert.advice).toMatchObject([{ confidence: 'medium' }]);
    expect(change!.alert.advice[0]!.action).toContain('"the_stack" in the data mix back towards 25 %');
    expect(change!.alert.advice[0]!.zh!.why).toContain('代码生成');
    // Mathematics kept its share: only the timing speaks.
    const math = leaf('basic.reasoning.math', { tasks: ['gsm8k'] });
    const [other] = detectAlerts(input(1400, { firing: [math], telemetry: mixes }));
    expect(other!.alert.advice.map(({ confidence }) => confidence)).toEqual(['low']);
    expect(change!.alert.advice[0]!.change).toMatchObject({ kind: 'raise_share', part: 'the_stack', share: 0.25 });
    // A name that only contains the word is not that data.
    const drugs = parts(1000, { web: 0.7, pharma_news: 0.3 }, { web: 1, pharma_news: 0 });
    const [safety] = detectAlerts(input(1400, { firing: [leaf('safety.values.bias')], telemetry: drugs }));
    expect(safety!.alert.advice.map(({ confidence }) => confidence)).toEqual(['low']);
    // A task that bears the name of the data needs no label.
    const contracts = parts(1000, { web: 0.7, contracts: 0.3 }, { web: 1, contracts: 0 });
    const own = leaf('our_contracts_qa', { tasks: ['our_contracts_qa'] });
    const [named] = detectAlerts(input(1400, { firing: [own], telemetry: contracts }));
    expect(named!.alert.advice[0]!.action).toContain('"contracts"');
  });

  test('reasoning falls while a model is tuned: the tax of tuning, unless something else was logged there', () => {
    const firing = [leaf('basic.reasoning.math'), leaf('advanced.generation.code')];
    const quiet = telemetry(1400);
    const adviceAt = (stage: string, telemetry = quiet, fallen = firing) =>
      detectAlerts(input(1400, { firing: fallen, telemetry, stage }))[0]!.alert.advice;
    expect(adviceAt('sft')).toMatchObject([{ confidence: 'medium' }]);
    expect(adviceAt('sft')[0]!.why).toContain('supervised fine-tuning');
    expect(adviceAt('rl')[0]!.action).toContain('KL');
    expect(adviceAt('middle')).toEqual([]);
    expect(adviceAt('sft', quiet, [leaf('safety.values.bias')])).toEqual([]);
    const changed = adviceAt('sft', parts(1000, { a: 0.5, b: 0.5 }, { a: 1, b: 0 }));
    expect(changed.map(({ why }) => why).join()).not.toContain('fine-tuning');
  });

  test('telemetry that shows nothing gives no advice', () => {
    const [change] = detectAlerts(input(1400, { firing: [leaf('advanced.context.culture')], languageOf: zh }));
    expect(change!.alert.advice).toEqual([]);
    const [silent] = detectAlerts(input(1400, { firing: [leaf('advanced.context.culture')], telemetry: [] }));
    expect(silent!.alert.telemetry).toBeNull();
  });
});

test('a resolved alert is never reopened', () => {
  const gone = alert({ id: 'gone', run: 'run', state: 'resolved', resolvedAtStep: 1600 });
  const [change] = detectAlerts(
    input(1800, { firing: [leaf('advanced.context.culture', { firedAtStep: 1800 })], openAlerts: [gone] }),
  );
  expect(change!.alert.id).not.toBe('gone');
});

test('the telemetry of an alert is drawn: as much before the change as after it, and a spike stays', () => {
  const points = telemetry(1400, (step) => (step === 1290 ? { loss: 9 } : {}));
  const [change] = detectAlerts(input(1400, { firing: [leaf('advanced.context.culture')], telemetry: points }));
  const { curves } = change!.alert.telemetry!;
  expect(curves!.loss).toHaveLength(24);
  expect(Math.max(...curves!.loss)).toBe(9);
  expect(curves!.learningRate.every((rate) => rate === 0.003)).toBe(true);
  expect(renderText(messageOf(change!.alert, { language: 'en', samples: 'ids' }))).toMatch(
    /loss .* [▁▂▃▄▅▆▇█]{24}\n.*learning rate 0.003 -> 0.003\n/,
  );
});
