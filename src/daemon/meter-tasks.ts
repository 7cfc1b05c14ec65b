/** Batches pass through; at every border between tasks the meter is read, so that each task knows what it took. */
import type { EngineFigures, Figure } from '../domain/engine-figures.ts';
import type { AnsweredBatch } from '../evaluation/asking/evaluate.ts';
import type { ServedModel } from '../inference/serve-checkpoint.ts';

/** @param onTask called once for each place of the plan, behind its last batch */
export async function* meterTasks(
  batches: AsyncGenerator<AnsweredBatch, void, void>,
  { meter }: Pick<ServedModel, 'meter'>,
  onTask: (place: number, figures: EngineFigures) => void,
): AsyncGenerator<AnsweredBatch, void, void> {
  if (meter === undefined) return yield* batches;
  let before = await meter.read();
  let place: number | null = null;
  const close = async () => {
    if (place === null) return;
    const now = await meter.read();
    onTask(place, { ...now, energy: difference(now.energy, before.energy) });
    before = now;
  };
  for await (const batch of batches) {
    if (batch.place !== place) await close();
    place = batch.place;
    yield batch;
  }
  await close();
}

function difference(now: Figure, before: Figure): Figure {
  if ('reason' in now) return now;
  return 'reason' in before ? before : { value: now.value - before.value };
}

/** A task asked at two places of the plan: what both took, the rest as the later one found it. */
export function addFigures(before: EngineFigures, later: EngineFigures): EngineFigures {
  const { energy } = later;
  if ('reason' in energy || 'reason' in before.energy) return { ...later, energy };
  return { ...later, energy: { value: before.energy.value + energy.value } };
}
