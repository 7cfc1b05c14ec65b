import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TelemetryPoint } from '../../src/domain/telemetry.ts';
import { scratchStore } from './scratch.ts';

const nothing = { tokens: null, loss: null, learningRate: null, gradNorm: null, dataMix: null };

describe('telemetry', () => {
  it('brings every number back, NaN and infinities too', () => {
    const { store } = scratchStore();
    store.runs.add({ id: 'r', name: 'r', path: '/r' });
    const number = fc.option(fc.double());
    const point = fc.record({
      tokens: fc.option(fc.nat()),
      loss: number,
      learningRate: number,
      gradNorm: number,
      dataMix: fc.option(fc.dictionary(fc.string({ minLength: 1 }), fc.double(), { noNullPrototype: true })),
    });
    let step = 0;
    fc.assert(
      fc.property(point, (values) => {
        step += 1;
        const written: TelemetryPoint = { step, ...values };
        store.telemetry.add('r', [written]);
        const [read] = store.telemetry.range('r', step, step);
        for (const key of ['tokens', 'loss', 'learningRate', 'gradNorm'] as const) {
          // SQLite has no negative zero; as a loss it means nothing.
          expect(read?.[key] === 0 ? 0 : read?.[key]).toBe(written[key] === 0 ? 0 : written[key]);
        }
        expect(JSON.stringify(read?.dataMix)).toBe(JSON.stringify(written.dataMix));
      }),
      { numRuns: 60 },
    );
  });

  it('keeps a NaN share of the data mix', () => {
    const { store } = scratchStore();
    store.runs.add({ id: 'r', name: 'r', path: '/r' });
    store.telemetry.add('r', [{ ...nothing, step: 1, dataMix: { zh: Number.NaN, en: Number.POSITIVE_INFINITY } }]);
    expect(store.telemetry.range('r')[0]?.dataMix).toEqual({ zh: Number.NaN, en: Number.POSITIVE_INFINITY });
  });

  it('adds to a step what another line of the log says of it; NaN is news and wins', () => {
    const { store } = scratchStore();
    store.runs.add({ id: 'r', name: 'r', path: '/r' });
    store.telemetry.add('r', [{ ...nothing, step: 10, loss: 2.5, gradNorm: 1 }]);
    store.telemetry.add('r', [{ ...nothing, step: 10, loss: Number.NaN, learningRate: 1e-3 }]);
    expect(store.telemetry.range('r')).toEqual([
      { step: 10, tokens: null, loss: Number.NaN, learningRate: 1e-3, gradNorm: 1, dataMix: null },
    ]);
  });

  it('gives a range and the last points, ascending', () => {
    const { store } = scratchStore();
    store.runs.add({ id: 'r', name: 'r', path: '/r' });
    store.telemetry.add(
      'r',
      [30, 10, 20, 40].map((step) => ({ ...nothing, step })),
    );
    expect(store.telemetry.range('r', 10, 30).map(({ step }) => step)).toEqual([10, 20, 30]);
    expect(store.telemetry.last('r', 2, 30).map(({ step }) => step)).toEqual([20, 30]);
  });
});
