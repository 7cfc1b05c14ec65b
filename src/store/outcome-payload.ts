/** Outcomes as compact bytes: 0/1 metrics take a byte a doc, all others a 32-bit float. */
import type { Outcomes } from '../domain/score.ts';

export interface OutcomePayload {
  readonly encoding: 'u8' | 'f32';
  readonly count: number;
  readonly payload: Uint8Array;
}

/** Columns that every table of outcomes has. */
export interface OutcomeColumns extends OutcomePayload {
  readonly task: string;
  readonly metric: string;
  readonly task_hash: string;
  readonly higher_is_better: number;
  /** Docs that were asked and have no answer; null where that is not told apart. */
  readonly failed: number | null;
}

/** Stands for "no value" among bytes. */
const MISSING = 255;

export function packOutcomes(values: Float32Array): OutcomePayload {
  const isBinary = values.every((value) => value === 0 || value === 1 || Number.isNaN(value));
  if (isBinary) {
    const payload = Uint8Array.from(values, (value) => (Number.isNaN(value) ? MISSING : value));
    return { encoding: 'u8', count: values.length, payload };
  }
  const payload = new Uint8Array(values.length * 4);
  const view = new DataView(payload.buffer);
  values.forEach((value, index) => {
    view.setFloat32(index * 4, value, true);
  });
  return { encoding: 'f32', count: values.length, payload };
}

/** Plain loops: a judge reads half a million of these at every checkpoint. */
export function unpackOutcomes({ encoding, count, payload }: OutcomePayload): Float32Array {
  const values = new Float32Array(count);
  if (encoding === 'u8') {
    for (let index = 0; index < count; index++) {
      const byte = payload[index]!;
      values[index] = byte === MISSING ? Number.NaN : byte;
    }
    return values;
  }
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  for (let index = 0; index < count; index++) values[index] = view.getFloat32(index * 4, true);
  return values;
}

export function toOutcomes(row: OutcomeColumns): Outcomes {
  return {
    task: row.task,
    metric: row.metric,
    taskHash: row.task_hash,
    higherIsBetter: row.higher_is_better === 1,
    values: unpackOutcomes(row),
    ...(row.failed === null ? {} : { failed: row.failed }),
  };
}
