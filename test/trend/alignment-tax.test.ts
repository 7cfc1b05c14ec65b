import { expect, test } from 'vitest';
import { alignmentTax, type TaskBasis } from '../../src/trend/alignment-tax.ts';
import { PLAIN_WORLD, type World, worldCheckpoints, worldTasks } from '../fakes/worlds.ts';

/** Tuning: skill 0 loses 20 points, skill 1 gains 20, the others stay. */
const WORLD: World = {
  ...PLAIN_WORLD,
  capabilities: 6,
  docs: 1000,
  checkpoints: 2,
  accuracy: (c, t) => 0.5 + (t === 0 ? 0 : c === 0 ? -0.2 : c === 1 ? 0.2 : 0),
};
const [base, tuned] = [...worldCheckpoints(WORLD)] as [
  ReturnType<typeof worldCheckpoints> extends Generator<infer C> ? C : never,
  ReturnType<typeof worldCheckpoints> extends Generator<infer C> ? C : never,
];
const tasks = worldTasks(WORLD);
const noBasis = (): TaskBasis | null => null;

test('says what was raised and what was lowered, and never more than the docs show', () => {
  const { rows, notComparable } = alignmentTax(base, tuned, tasks, noBasis);
  const verdicts = Object.fromEntries(rows.map(({ series, verdict }) => [series.task ?? series.capability, verdict]));
  expect(verdicts.task_0).toBe('lowered');
  expect(verdicts.task_1).toBe('raised');
  expect(['same', 'unknown']).toContain(verdicts.task_3);
  expect(verdicts['area0.skill0']).toBe('lowered');
  expect(notComparable).toEqual([]);
  expect(rows[0]!.series.capability).not.toBeNull();
  const row = rows.find(({ series }) => series.task === 'task_0')!;
  expect(row.difference).toBeCloseTo(row.tuned - row.base, 12);
  expect(row.difference).toBeCloseTo((row.gained - row.lost) / 1000, 9);
});

test('a model compared with itself is the same everywhere', () => {
  const { rows } = alignmentTax(base, { ...base, checkpoint: 'other' }, tasks, noBasis);
  expect(new Set(rows.map(({ verdict }) => verdict))).toEqual(new Set(['same']));
});

test('few docs are not enough evidence', () => {
  const few = (each: typeof base) => ({
    ...each,
    outcomes: each.outcomes.map((one) => ({ ...one, values: one.values.slice(0, 10) })),
  });
  const { rows } = alignmentTax(few(base), few(tuned), tasks, noBasis);
  expect(rows.filter(({ series }) => series.task === 'task_4')[0]!.verdict).toBe('unknown');
});

test('every doc lost is a loss, though nothing varies', () => {
  const all = (value: number) => ({
    ...base,
    checkpoint: `all-${value}`,
    outcomes: base.outcomes.map((one) => ({ ...one, values: new Float32Array(40).fill(value) })),
  });
  expect(alignmentTax(all(1), all(0), tasks, noBasis).rows.every(({ verdict }) => verdict === 'lowered')).toBe(true);
});

test('the same docs asked through a chat template are compared and marked; other docs are not compared', () => {
  const asked = {
    ...tuned,
    outcomes: tuned.outcomes.map((one) =>
      one.task === 'task_0' || one.task === 'task_1' ? { ...one, taskHash: 'chat' } : one,
    ),
  };
  const basisOf = (checkpoint: string, task: string): TaskBasis => ({
    taskHash: '',
    promptHash: checkpoint,
    dataHash: task === 'task_1' ? checkpoint : 'same',
  });
  const { rows, notComparable } = alignmentTax(base, asked, tasks, basisOf);
  expect(rows.find(({ series }) => series.task === 'task_0')).toMatchObject({
    verdict: 'lowered',
    isAskedDifferently: true,
  });
  expect(rows.some(({ series }) => series.task === 'task_1')).toBe(false);
  expect(notComparable).toEqual([{ task: 'task_1', reason: 'the two answered different docs' }]);
});
