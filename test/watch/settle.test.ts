import { describe, expect, it } from 'vitest';
import { LOCAL_WINDOWS, type SettleProgress, type Snapshot, settle } from '../../src/watch/settle.ts';

const whole = { missing: [], signal: true, awaited: null, needed: 'a', all: 'a', changedAt: null };
const half = { ...whole, missing: ['x is missing'], signal: false };

/** Feeds snapshots one after another, `at` being ms since the first. */
function feed(snapshots: readonly Partial<Snapshot>[], superseded = false, base: Omit<Snapshot, 'at'> = whole) {
  let progress: SettleProgress | null = null;
  return snapshots.map((snapshot) => {
    const decision = settle(progress, { ...base, at: 0, ...snapshot }, LOCAL_WINDOWS, superseded);
    progress = decision.progress;
    return decision;
  });
}

const states = (...args: Parameters<typeof feed>) => feed(...args).map(({ state }) => state);

describe('settle', () => {
  it('completes when nothing changed for the window', () => {
    expect(states([{ at: 0 }, { at: 499 }, { at: 500 }])).toEqual(['settling', 'settling', 'complete']);
    expect(states([{ at: 0 }, { at: 400, needed: 'b' }, { at: 800, needed: 'b' }, { at: 900, needed: 'b' }])).toEqual([
      'settling',
      'settling',
      'settling',
      'complete',
    ]);
  });

  it('believes the times of the files, but neither the future nor what it saw otherwise', () => {
    expect(states([{ at: 1_000, changedAt: 500 }])).toEqual(['complete']);
    expect(states([{ at: 1_000, changedAt: 999_999 }, { at: 1_500 }])).toEqual(['settling', 'complete']);
    const forged = [{ at: 1_000 }, { at: 1_300, needed: 'b', changedAt: 0 }, { at: 1_499, needed: 'b', changedAt: 0 }];
    expect(states(forged)).toEqual(['settling', 'settling', 'settling']);
  });

  it('waits longer without the last mark, and longest when that mark should come', () => {
    const bare = { ...whole, signal: false };
    expect(states([{ at: 0 }, { at: 9_999 }, { at: 10_000 }], false, bare)).toEqual([
      'settling',
      'settling',
      'complete',
    ]);
    const killed = { ...bare, awaited: 'trainer_state.json' };
    const decisions = feed([{ at: 0 }, { at: 59_999 }, { at: 60_000 }], false, killed);
    expect(decisions.map(({ state }) => state)).toEqual(['settling', 'settling', 'complete']);
    expect(decisions[0]?.reason).toBe('trainer_state.json is missing');
  });

  it('does not wait for files that do not count once the mark is there', () => {
    expect(states([{ at: 0 }, { at: 300, all: 'b' }, { at: 500, all: 'c' }])).toEqual([
      'settling',
      'settling',
      'complete',
    ]);
  });

  it('gives up with the reason, sooner when a later checkpoint is complete, and takes it back', () => {
    const last = feed([{ at: 0 }, { at: 599_999 }, { at: 600_000 }, { at: 600_100, all: 'b' }], false, half);
    expect(last.map(({ state }) => state)).toEqual(['settling', 'settling', 'invalid', 'settling']);
    expect(last[2]?.reason).toBe('x is missing');
    expect(states([{ at: 0 }, { at: 60_000 }], true, half)).toEqual(['settling', 'invalid']);
  });

  it('keeps the reason short', () => {
    const missing = Array.from({ length: 90 }, (_, at) => `shard ${at} is missing`);
    expect(feed([{ missing }])[0]?.reason).toMatch(/; and 86 more$/);
  });
});
