import { expect, it } from 'vitest';
import { narrowAlert } from '../../src/alert/narrow-alert.ts';
import { alert, checkpoints, member, telemetry } from './fixtures.ts';

const culture = member({ changeBetween: [400, 1200] });
const parsing = member({ capability: 'advanced.context.parsing', changeBetween: [1000, 1200] });
const known = { checkpoints: checkpoints(1400), telemetry: telemetry(1400) };
const at = (step: number, isLow: boolean | null) => ({ step, isLow: () => isLow });

it('the drop began after the step where all is as before, and that is where to roll back to', () => {
  const narrowed = narrowAlert(alert({ members: [culture], sinceStep: 400 }), at(800, false), known)!;
  expect(narrowed.alert).toMatchObject({
    sinceStep: 800,
    lastGoodCheckpoint: '/data/run/checkpoint-800',
    members: [{ changeBetween: [800, 1200] }],
  });
  expect(narrowed.why).toBe(
    'Step 800 was evaluated later and is as before the drop: the drop began after step 800, at the latest by step 1,200.',
  );
});

it('and at the latest by the step where it is as low as after it', () => {
  const { alert: after, why } = narrowAlert(alert({ members: [culture] }), at(800, true), known)!;
  expect(after.members[0]!.changeBetween).toEqual([400, 800]);
  expect(after.sinceStep).toBe(400);
  expect(why).toContain('is as low as after the drop: the drop began after step 400, at the latest by step 800.');
});

it('narrows each member by itself, and leaves those it says nothing of', () => {
  const own = { step: 1100, isLow: ({ capability }: { capability: string }) => capability === parsing.capability };
  const { alert: after, why } = narrowAlert(alert({ members: [culture, parsing] }), own, known)!;
  expect(after.members.map(({ changeBetween }) => changeBetween)).toEqual([
    [1100, 1200],
    [1000, 1100],
  ]);
  expect(why).toContain('low in 1 of 2');
  expect(narrowAlert(alert({ members: [culture] }), at(1200, true), known)).toBeNull();
  expect(narrowAlert(alert({ members: [culture] }), at(800, null), known)).toBeNull();
  const back = { ...culture, resolvedAtStep: 1400 };
  expect(narrowAlert(alert({ members: [back] }), at(800, true), known)).toBeNull();
});
