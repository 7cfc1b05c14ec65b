import { expect, it } from 'vitest';
import type { Outcomes } from '../../src/domain/score.ts';
import { shareOfDrop } from '../../src/trend/share-of-drop.ts';

const answers = (values: readonly number[], parts: Partial<Outcomes> = {}): Outcomes => ({
  task: 'sums',
  metric: 'acc',
  taskHash: 'h1',
  higherIsBetter: true,
  values: Float32Array.from(values),
  ...parts,
});
const metricOf = new Map([['sums', 'acc']]);
const of = (outcomes: Outcomes, engine: string | null = null) => ({ outcomes: [outcomes], engine });
const before = [of(answers([1, 1, 1, 1, 1, 1])), of(answers([1, 1, 1, 1, 0, 1]))];
const after = [of(answers([0, 0, 1, 1, 1, 1]))];

it('is 0 before the drop and 1 behind it, on the docs that all answered', () => {
  const share = (values: number[]) => shareOfDrop(of(answers(values)), before, after, { metricOf });
  expect(share([1, 1, 1, 1])).toBe(0);
  expect(share([0, 0, 1, 1])).toBe(1);
  expect(share([0, 1, 1, 1])).toBe(0.5);
  expect(share([0, 1, 1, Number.NaN])).toBe(0.5);
});

it('a metric of which less is better falls by rising', () => {
  const bits = (values: number[]) => of(answers(values, { metric: 'bits', higherIsBetter: false }));
  const metricOfBits = new Map([['sums', 'bits']]);
  expect(shareOfDrop(bits([3, 3]), [bits([1, 1])], [bits([3, 3])], { metricOf: metricOfBits })).toBe(1);
});

it('says nothing where nothing can be compared, or no drop is to be seen', () => {
  expect(shareOfDrop(of(answers([1], { taskHash: 'h2' })), before, after, { metricOf })).toBeNull();
  expect(shareOfDrop(of(answers([])), before, after, { metricOf })).toBeNull();
  expect(shareOfDrop(of(answers([1, 1])), after, before, { metricOf })).toBeNull();
  const other = before.map(({ outcomes: [one] }) => of(one!, 'vllm bfloat16 cuda'));
  expect(shareOfDrop(of(answers([1, 1]), 'embedded float32 cpu'), other, after, { metricOf })).toBeNull();
});
