import fc from 'fast-check';
import { expect, it } from 'vitest';
import { askWhereItFell, chooseMiddle, type Fallen } from '../../src/strategy/bisect.ts';
import { planSlice } from '../fakes/plan-slice.ts';
import { plannable } from '../fakes/strategy-input.ts';

const at = (...steps: number[]) => steps.map((step) => ({ step }));

it('takes the middle of what lies strictly between, of the first interval that has any', () => {
  expect(chooseMiddle([{ between: [100, 500] }], at(100, 200, 300, 400, 500))?.middle.step).toBe(300);
  expect(chooseMiddle([{ between: [100, 200] }, { between: [300, 500] }], at(400))?.middle.step).toBe(400);
  expect(chooseMiddle([{ between: [100, 200] }], at(100, 200, 300))).toBeNull();
});

it('finds where it fell in as many steps as halving takes', () => {
  const steps = fc.uniqueArray(fc.integer({ min: 1, max: 10_000 }), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 10_000 }), (unsorted, firstBad) => {
      let left = at(...unsorted.sort((a, b) => a - b));
      let [good, bad]: Fallen['between'] = [0, 10_001];
      let asked = 0;
      for (;;) {
        const chosen = chooseMiddle([{ between: [good, bad] }], left);
        if (chosen === null) break;
        const { step } = chosen.middle;
        if (step >= firstBad) bad = step;
        else good = step;
        left = left.filter((one) => one.step !== step);
        asked += 1;
      }
      expect(asked).toBeLessThanOrEqual(Math.ceil(Math.log2(unsorted.length + 1)));
      expect(good).toBe(Math.max(0, ...unsorted.filter((step) => step < firstBad)));
      expect(bad).toBe(Math.min(10_001, ...unsorted.filter((step) => step >= firstBad)));
    }),
  );
});

it('asks first what fell, on the docs on which it was seen', () => {
  const tasks = [plannable('facts', { size: 1000 }), plannable('sums', { size: 900 })];
  const planned = {
    slices: [planSlice({ task: 'facts', docs: 300 }), planSlice({ task: 'sums', docs: 300 })],
    leftOut: [],
  };
  const telling = { docs: { sums: 1500 }, reason: 'Step 500 regressed between 100 and 500: this one tells where.' };
  const { slices } = askWhereItFell(planned, telling, tasks, new Map([['sums', 0.01]]));
  expect(slices).toMatchObject([
    { task: 'sums', from: 0, docs: 900, reason: telling.reason, expectedSeconds: 9 },
    { task: 'facts', docs: 300 },
  ]);
});
