import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packOutcomes, unpackOutcomes } from '../../src/store/outcome-payload.ts';

describe('outcome payload', () => {
  it('brings any outcomes back bit by bit', () => {
    const value = fc.oneof(fc.constantFrom(0, 1, Number.NaN, -0, 2, 255), fc.float());
    fc.assert(
      fc.property(fc.array(value), (values) => {
        const outcomes = Float32Array.from(values);
        const read = unpackOutcomes(packOutcomes(outcomes));
        expect(read.length).toBe(outcomes.length);
        outcomes.forEach((outcome, index) => {
          expect(read[index] === outcome || (Number.isNaN(read[index]) && Number.isNaN(outcome))).toBe(true);
        });
      }),
    );
  });

  it('takes a byte a doc for right and wrong, four otherwise', () => {
    expect(packOutcomes(Float32Array.of(0, 1, Number.NaN))).toMatchObject({
      encoding: 'u8',
      count: 3,
      payload: Uint8Array.of(0, 1, 255),
    });
    expect(packOutcomes(Float32Array.of(0, 0.5)).payload).toHaveLength(8);
  });

  it('reads payloads that begin anywhere in memory', () => {
    const { encoding, count, payload } = packOutcomes(Float32Array.of(0.25, -3));
    const shifted = new Uint8Array(payload.length + 1);
    shifted.set(payload, 1);
    expect([...unpackOutcomes({ encoding, count, payload: shifted.subarray(1) })]).toEqual([0.25, -3]);
  });
});
