import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coverageOf, docsBySlice, docsIn, docsOfAll, expectedSecondsOf } from '../../src/domain/plan.ts';
import { planSlice } from '../fakes/plan-slice.ts';

const slices = fc.array(
  fc.record({
    task: fc.constantFrom('a', 'b'),
    from: fc.nat(20),
    docs: fc.nat(30),
    chosen: fc.option(fc.uniqueArray(fc.nat(40), { maxLength: 8 })),
  }),
  { maxLength: 6 },
);

describe('the slices of a plan', () => {
  it('count the docs they ask', () => {
    expect(docsIn(planSlice({ task: 'a', from: 300, docs: 1500 }))).toBe(1200);
    expect(docsIn(planSlice({ task: 'a', docs: 300, chosen: [410, 977] }))).toBe(302);
    expect(docsOfAll([planSlice({ task: 'a', docs: 300 }), planSlice({ task: 'a', from: 300, docs: 310 })])).toBe(310);
  });

  it('ask no doc of a task twice, each slice its own docs first to last', () => {
    expect(
      docsBySlice([
        planSlice({ task: 'a', docs: 3, chosen: [7] }),
        planSlice({ task: 'b', docs: 2 }),
        planSlice({ task: 'a', from: 2, docs: 5, chosen: [7, 9, 1] }),
      ]),
    ).toEqual([
      [0, 1, 2, 7],
      [0, 1],
      [3, 4, 9],
    ]);
    fc.assert(
      fc.property(slices, (parts) => {
        const planned = parts.map(planSlice);
        const asked = docsBySlice(planned).flatMap((docs, place) =>
          docs.map((doc) => `${planned[place]!.task} ${doc}`),
        );
        expect(new Set(asked).size).toBe(asked.length);
      }),
    );
  });

  it('cover a task without a gap up to somewhere, and single docs behind it', () => {
    expect(
      coverageOf([planSlice({ task: 'a', docs: 3, chosen: [9] }), planSlice({ task: 'a', from: 3, docs: 5 })]),
    ).toEqual({ docs: 5, beyond: [9] });
    expect(coverageOf([planSlice({ task: 'a', from: 2, docs: 4 })])).toEqual({ docs: 0, beyond: [2, 3] });
    fc.assert(
      fc.property(slices, (parts) => {
        const own = parts.filter(({ task }) => task === 'a').map(planSlice);
        const { docs, beyond } = coverageOf(own);
        const asked = new Set(docsBySlice(own).flat());
        expect(docs + beyond.length).toBe(asked.size);
        expect(asked.has(docs)).toBe(false);
        expect(beyond.every((index) => index > docs && asked.has(index))).toBe(true);
      }),
    );
  });

  it('cost what they cost together, or nobody knows', () => {
    expect(expectedSecondsOf([{ expectedSeconds: 2 }, { expectedSeconds: 0.5 }])).toBe(2.5);
    expect(expectedSecondsOf([{ expectedSeconds: 2 }, { expectedSeconds: null }])).toBeNull();
  });
});
