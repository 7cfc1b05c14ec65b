import { expect, test } from 'vitest';
import { meterTasks } from '../../src/daemon/meter-tasks.ts';
import type { EngineFigures } from '../../src/domain/engine-figures.ts';
import type { AnsweredBatch } from '../../src/evaluation/asking/evaluate.ts';

const counts = { asked: 0, reused: 0, repeated: 0, tokens: 0 };
const batch = (place: number): AnsweredBatch => ({ place, samples: [], error: null, counts });

async function* batches(...places: number[]): AsyncGenerator<AnsweredBatch, void, void> {
  for (const place of places) yield batch(place);
}

test('each task is told what was taken since the one before, and batches pass unchanged', async () => {
  let reads = 0;
  const meter = {
    read: async (): Promise<EngineFigures> => {
      reads++;
      return { peakMemory: { value: reads * 100 }, energy: { value: reads ** 2 }, load: { value: 1 } };
    },
    close() {},
  };
  const told = new Map<number, EngineFigures>();
  const passed: number[] = [];
  for await (const { place } of meterTasks(batches(0, 0, 2, 2, 3), { meter }, (at, figures) => told.set(at, figures)))
    passed.push(place);
  expect(passed).toEqual([0, 0, 2, 2, 3]);
  // Once before, and once at the end of each of three tasks: never within one.
  expect(reads).toBe(4);
  expect([...told].map(([place, { peakMemory, energy }]) => [place, peakMemory, energy])).toEqual([
    [0, { value: 200 }, { value: 3 }],
    [2, { value: 300 }, { value: 5 }],
    [3, { value: 400 }, { value: 7 }],
  ]);
});

test('a model without a meter is asked all the same, and why there is no energy is passed on', async () => {
  const passed: number[] = [];
  for await (const { place } of meterTasks(batches(0, 1), {}, () => expect.unreachable())) passed.push(place);
  expect(passed).toEqual([0, 1]);
  const figures: EngineFigures = { peakMemory: { value: 1 }, energy: { reason: 'no counter' }, load: { value: 1 } };
  const told: EngineFigures[] = [];
  const meter = { read: async () => figures, close() {} };
  for await (const _ of meterTasks(batches(0), { meter }, (_place, each) => told.push(each)));
  expect(told).toEqual([figures]);
});
