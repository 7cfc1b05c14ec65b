import { describe, expect, it } from 'vitest';
import { LOCAL_PACE, paceOf, type Rhythm } from '../../src/watch/pace.ts';

const still: Rhythm = { now: 1_000_000, busy: false, lastChangeAt: 1_000_000, saves: [], chance: 0.5 };
const pace = (change: Partial<Rhythm>) => Math.round(paceOf({ ...still, ...change }, LOCAL_PACE));

describe('paceOf', () => {
  it('is fast while something settles, then slower and slower', () => {
    expect(pace({ busy: true })).toBe(250);
    expect(pace({})).toBe(2_000);
    expect(pace({ lastChangeAt: still.now - 100_000 })).toBe(5_000);
    expect(pace({ lastChangeAt: 0 })).toBe(15_000);
  });

  it('is fast around the time the next save is due', () => {
    const saves = [[100_000, 160_000, 220_000, 280_000]];
    expect(pace({ now: 339_000, lastChangeAt: 280_000, saves })).toBe(250);
    expect(pace({ now: 300_000, lastChangeAt: 280_000, saves })).toBe(2_000);
  });

  it('varies, so that many watchers do not look in step', () => {
    expect(pace({ chance: 0 })).toBeLessThan(pace({ chance: 1 }));
  });
});
