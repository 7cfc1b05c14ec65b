import fc from 'fast-check';
import { expect, test } from 'vitest';
import { evidenceNeeded } from '../../src/trend/evidence-needed.ts';

const NEEDED = { single: 6, several: 4.2 };
const seen = fc.record({
  difference: fc.double({ min: 0.005, max: 0.2, noNaN: true }),
  docVariance: fc.double({ min: 1e-6, max: 1e-3, noNaN: true }),
  n: fc.integer({ min: 100, max: 5000 }),
  jitter: fc.double({ min: 0, max: 1e-3, noNaN: true }),
  now: fc.integer({ min: 1, max: 5 }),
  reference: fc.integer({ min: 3, max: 8 }),
});

test('with the docs it asks for the difference reaches the threshold', () => {
  fc.assert(
    fc.property(seen, (one) => {
      const { docs } = evidenceNeeded(one, NEEDED);
      if (docs === null) return;
      const variance = (one.docVariance * one.n) / (one.n + docs) + one.jitter * (1 / one.now + 1 / one.reference);
      expect(one.difference / Math.sqrt(variance)).toBeGreaterThanOrEqual((one.now === 1 ? 6 : 4.2) * 0.999);
    }),
  );
});

test('more jitter never asks for less, and beyond some of it no number of docs will do', () => {
  const orNever = (value: number | null) => value ?? Number.POSITIVE_INFINITY;
  fc.assert(
    fc.property(seen, fc.double({ min: 1, max: 5, noNaN: true }), (one, factor) => {
      const [calm, loud] = [one, { ...one, jitter: one.jitter * factor }].map((each) => evidenceNeeded(each, NEEDED));
      expect(orNever(loud!.docs)).toBeGreaterThanOrEqual(orNever(calm!.docs));
      expect(orNever(loud!.checkpoints)).toBeGreaterThanOrEqual(orNever(calm!.checkpoints));
    }),
  );
  const jittery = { difference: 0.03, docVariance: 2e-5, n: 300, jitter: 1e-4, now: 1, reference: 8 };
  expect(evidenceNeeded(jittery, NEEDED)).toEqual({ docs: null, checkpoints: expect.any(Number) });
});

test('says round numbers', () => {
  const { docs } = evidenceNeeded(
    { difference: 0.04, docVariance: 4e-4, n: 300, jitter: 0, now: 2, reference: 8 },
    NEEDED,
  );
  expect(docs).toBe(1100);
});
