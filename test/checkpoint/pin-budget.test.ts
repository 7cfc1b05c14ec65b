import { describe, expect, it } from 'vitest';
import { choosePinsToRelease, isRoomForCopy } from '../../src/checkpoint/pin-budget.ts';

const pins = [
  { id: 'second', bytes: 10, order: 2, isSpare: false },
  { id: 'free', bytes: 0, order: 0, isSpare: true },
  { id: 'first', bytes: 10, order: 1, isSpare: false },
];
const share = { maxBytes: null, minFree: { share: 0.1 } };

describe('pin budget', () => {
  it('releases the oldest that cost something until enough is free', () => {
    expect(choosePinsToRelease(pins, { freeBytes: 10, totalBytes: 100 }, share)).toEqual([]);
    expect(choosePinsToRelease(pins, { freeBytes: 5, totalBytes: 100 }, share)).toEqual(['first']);
    expect(choosePinsToRelease(pins, { freeBytes: 0, totalBytes: 1_000 }, share)).toEqual(['first', 'second']);
  });

  it('releases what nothing waits for before what is still to be evaluated', () => {
    const spare = { id: 'spare', bytes: 10, order: 9, isSpare: true };
    expect(choosePinsToRelease([...pins, spare], { freeBytes: 5, totalBytes: 100 }, share)).toEqual(['spare']);
  });

  it('keeps within its own limit on an empty disk', () => {
    const budget = { maxBytes: 15, minFree: { bytes: 0 } };
    expect(choosePinsToRelease(pins, { freeBytes: 1e9, totalBytes: 1e9 }, budget)).toEqual(['first']);
  });

  it('copies only where the limits hold afterwards', () => {
    expect(isRoomForCopy(10, 0, { freeBytes: 20, totalBytes: 100 }, share)).toBe(true);
    expect(isRoomForCopy(11, 0, { freeBytes: 20, totalBytes: 100 }, share)).toBe(false);
    expect(isRoomForCopy(5, 6, { freeBytes: 90, totalBytes: 100 }, { maxBytes: 10, minFree: { bytes: 0 } })).toBe(
      false,
    );
  });
});
