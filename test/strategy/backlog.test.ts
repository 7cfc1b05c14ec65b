import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BACKLOG_NAMES } from '../../src/config/schema.ts';
import { type BacklogPolicy, passOver, type WaitingCheckpoint } from '../../src/strategy/backlog.ts';

const policy = (name: BacklogPolicy['name']): BacklogPolicy => ({ name, every: 3, deadlineSeconds: 600 });

/** Checkpoints of one run at steps 100, 200, ..., that came a minute apart, the last one just now. */
function queue(count: number, parts: (index: number) => Partial<WaitingCheckpoint> = () => ({})): WaitingCheckpoint[] {
  return Array.from({ length: count }, (_, index) => ({
    checkpoint: `r-${(index + 1) * 100}`,
    run: 'r',
    step: (index + 1) * 100,
    position: index,
    waitedSeconds: 60 * (count - 1 - index),
    expectedSeconds: null,
    isKept: index === 0,
    ...parts(index),
  }));
}

const steps = (name: BacklogPolicy['name'], waiting: readonly WaitingCheckpoint[]) =>
  passOver(policy(name), waiting).map(({ checkpoint }) => Number(checkpoint.split('-')[1]));

describe('passes over', () => {
  it('nothing where all are wanted', () => {
    expect(steps('all', queue(50))).toEqual([]);
  });

  it('all but each third, counted over the run and not over what waits', () => {
    expect(steps('every', queue(8))).toEqual([200, 300, 500, 600, 800]);
    expect(steps('every', queue(8).slice(4))).toEqual([500, 600, 800]);
  });

  it('all but the newest of each run and what is kept', () => {
    const other = queue(3, () => ({ run: 'other', isKept: false })).map((one) => ({
      ...one,
      checkpoint: `o-${one.step}`,
    }));
    const [skipped] = passOver(policy('newest'), queue(3));
    expect(skipped!.reason).toBe(
      'Step 300 came while this one waited, and the newest goes first (backlog: newest); this one follows when nothing else waits.',
    );
    expect(steps('newest', [...queue(4), ...other])).toEqual([200, 300, 100, 200]);
    expect(steps('newest', queue(1))).toEqual([]);
  });

  it('what has waited too long, and what would by the time its turn comes', () => {
    expect(steps('deadline', queue(13))).toEqual([200]);
    // Each takes five minutes: the second begins after 5 of its 10, the third after 10.
    const slow = queue(5, () => ({ waitedSeconds: 60, expectedSeconds: 300, isKept: false }));
    expect(steps('deadline', slow)).toEqual([300, 400, 500]);
    expect(passOver(policy('deadline'), slow)[0]!.reason).toBe(
      'It has waited 60 s and would wait 10 min more for those before it, and backlog.deadline is 10 min.',
    );
  });
});

const anyQueue = fc
  .array(
    fc.record({
      run: fc.constantFrom('a', 'b'),
      waitedSeconds: fc.integer({ min: 0, max: 2000 }),
      expectedSeconds: fc.option(fc.integer({ min: 1, max: 400 })),
      isKept: fc.integer({ min: 0, max: 4 }).map((roll) => roll === 0),
    }),
    { maxLength: 40 },
  )
  .map((parts) =>
    parts.map(
      (part, index): WaitingCheckpoint => ({ ...part, checkpoint: `c-${index}`, step: index + 1, position: index }),
    ),
  );
const anyPolicy = fc.constantFrom(...BACKLOG_NAMES).map(policy);

describe('whatever waits', () => {
  it('what is kept is never passed over, nothing is passed over twice, and each says why', () => {
    fc.assert(
      fc.property(anyPolicy, anyQueue, (how, waiting) => {
        const skipped = passOver(how, waiting);
        const ids = skipped.map(({ checkpoint }) => checkpoint);
        expect(new Set(ids).size).toBe(ids.length);
        for (const one of waiting) expect(one.isKept && ids.includes(one.checkpoint)).toBe(false);
        for (const { reason } of skipped) expect(reason).toMatch(/^[A-Z].*backlog.*\.$/);
      }),
    );
  });

  it('a second look at what is left passes over nothing more', () => {
    fc.assert(
      fc.property(anyPolicy, anyQueue, (how, waiting) => {
        const gone = new Set(passOver(how, waiting).map(({ checkpoint }) => checkpoint));
        const left = waiting.filter(({ checkpoint }) => !gone.has(checkpoint));
        expect(passOver(how, left)).toEqual([]);
      }),
    );
  });

  it('newest leaves the newest of every run', () => {
    fc.assert(
      fc.property(anyQueue, (waiting) => {
        const gone = new Set(passOver(policy('newest'), waiting).map(({ checkpoint }) => checkpoint));
        for (const run of ['a', 'b']) {
          const newest = waiting.findLast((one) => one.run === run);
          if (newest) expect(gone.has(newest.checkpoint)).toBe(false);
        }
      }),
    );
  });

  it('with a deadline nothing that is left and not kept begins after it', () => {
    fc.assert(
      fc.property(anyQueue, (waiting) => {
        const gone = new Set(passOver(policy('deadline'), waiting).map(({ checkpoint }) => checkpoint));
        let ahead = 0;
        for (const one of waiting.filter(({ checkpoint }) => !gone.has(checkpoint))) {
          if (!one.isKept) expect(one.waitedSeconds + ahead).toBeLessThanOrEqual(600);
          ahead += one.expectedSeconds ?? 0;
        }
      }),
    );
  });
});
