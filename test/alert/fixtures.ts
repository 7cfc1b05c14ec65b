/** Alerts and firing series to try things on. */
import type { Alert, AlertMember } from '../../src/domain/alert.ts';
import type { TelemetryPoint } from '../../src/domain/telemetry.ts';

export function member(overrides: Partial<AlertMember> = {}): AlertMember {
  return {
    capability: 'advanced.context.culture',
    tasks: ['idiom_zh', 'zodiac_zh'],
    metric: 'score',
    from: 0.621,
    to: 0.48,
    difference: -0.141,
    ci95: [-0.17, -0.112],
    n: 600,
    z: 7.4,
    referenceCheckpoints: ['run-400', 'run-600', 'run-800', 'run-1000'],
    referenceSteps: [400, 600, 800, 1000],
    firedAtStep: 1400,
    changeBetween: [1000, 1200],
    levelSinceStep: 1200,
    ...overrides,
  };
}

/** Checkpoints every 200 steps up to `last`. */
export function checkpoints(last: number) {
  return Array.from({ length: last / 200 }, (_, i) => {
    const step = 200 * (i + 1);
    return { id: `run-${step}`, step, path: `/data/run/checkpoint-${step}` };
  });
}

/** A point every 10 steps up to `last`; loss falls slowly, gradient norm and rate are steady, all with a little noise. */
export function telemetry(
  last: number,
  change: (step: number) => Partial<TelemetryPoint> = () => ({}),
): TelemetryPoint[] {
  return Array.from({ length: last / 10 }, (_, i) => {
    const step = 10 * (i + 1);
    return {
      step,
      tokens: null,
      loss: 1.5 + Math.exp(-step / 500) + 0.02 * Math.sin(7 * i),
      learningRate: 0.003,
      gradNorm: 0.8 + 0.1 * Math.sin(3 * i),
      dataMix: { en: 0.5, zh: 0.36, xl: 0.14 },
      ...change(step),
    };
  });
}

export function alert(overrides: Partial<Alert> = {}): Alert {
  return {
    id: 'a1b2c3d4e5f60718',
    run: 'forgetting',
    kind: 'regression',
    severity: 'critical',
    state: 'firing',
    checkpoint: 'forgetting-1400',
    step: 1400,
    sinceStep: 1000,
    title: 'Chinese culture regressed',
    summary: '',
    members: [
      member(),
      member({
        capability: 'advanced.context.semantics',
        tasks: ['antonym_zh'],
        from: 0.7,
        to: 0.61,
        difference: -0.09,
        ci95: [-0.12, -0.06],
        n: 300,
      }),
    ],
    examples: [
      { task: 'idiom_zh', docId: 'idiom_zh-012', question: '画蛇添__', expected: '足', before: '足', after: '手' },
      {
        task: 'antonym_zh',
        docId: 'antonym_zh-101',
        question: '“高”的反义词是？',
        expected: '低',
        before: '低',
        after: 'low',
      },
    ],
    telemetry: {
      lossBefore: 1.62,
      lossAfter: 1.6,
      learningRateBefore: 0.0024,
      learningRateAfter: 0.0023,
      gradNormBefore: 0.81,
      gradNormAfter: 0.83,
      dataMixBefore: { en: 0.5, zh: 0.36, xl: 0.14 },
      dataMixAfter: { en: 0.75, new: 0.25, zh: 0, xl: 0 },
      spikes: { loss: null, gradNorm: null, learningRate: null },
      dataMixChangedAt: 1010,
    },
    advice: [],
    lastGoodCheckpoint: '/data/forgetting/checkpoint-1000',
    resolvedAtStep: null,
    ...overrides,
  };
}
