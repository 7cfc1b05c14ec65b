/** Keys and values of a beginning that several runs stand behind: extended, cut and repeated. Pure. */
import type { ModelShape } from '../graph/model-graph.ts';
import type { Past } from '../runtime.ts';

/** Bytes a past occupies. */
export function bytesOf(past: Past): number {
  return past.arrays.reduce((sum, array) => sum + array.byteLength, 0);
}

/**
 * The past with the tokens of a run behind it.
 * @param keys as a run of one row gives them, each [1, time, kvHeads x headDim]; its first `tokens` tokens count
 */
export function extendPast(shape: ModelShape, past: Past, keys: readonly Float32Array[], tokens: number): Past {
  const { kvHeads, headDim } = shape;
  const length = past.length + tokens;
  const arrays = keys.map((fresh, index) => {
    const array = new Float32Array(kvHeads * length * headDim);
    copyPast(shape, past, index, array, 0, length);
    for (let head = 0; head < kvHeads; head++) {
      for (let token = 0; token < tokens; token++) {
        const from = (token * kvHeads + head) * headDim;
        const to = (head * length + past.length + token) * headDim;
        for (let at = 0; at < headDim; at++) array[to + at] = fresh[from + at] as number;
      }
    }
    return array;
  });
  return { length, arrays };
}

/** Copies array `index` of a past to the front of one sequence's [kvHeads, room, headDim], which begins at `start` of `target`. */
export function copyPast(
  { kvHeads, headDim }: ModelShape,
  past: Past,
  index: number,
  target: Float32Array,
  start: number,
  room: number,
): void {
  const source = past.arrays[index];
  if (source === undefined) return;
  const size = past.length * headDim;
  for (let head = 0; head < kvHeads; head++) {
    target.set(source.subarray(head * size, (head + 1) * size), start + head * room * headDim);
  }
}

/** Only the first `length` tokens. */
export function cutPast(shape: ModelShape, past: Past, length: number): Past {
  if (length === past.length) return past;
  const { kvHeads, headDim } = shape;
  const arrays = past.arrays.map((source) => {
    const array = new Float32Array(kvHeads * length * headDim);
    for (let head = 0; head < kvHeads; head++) {
      const from = head * past.length * headDim;
      array.set(source.subarray(from, from + length * headDim), head * length * headDim);
    }
    return array;
  });
  return { length, arrays };
}

/** The same past for each of `times` sequences. */
export function repeatPast(past: Past, times: number): Past {
  if (times === 1 || past.length === 0) return past;
  const arrays = past.arrays.map((source) => {
    const array = new Float32Array(times * source.length);
    for (let copy = 0; copy < times; copy++) array.set(source, copy * source.length);
    return array;
  });
  return { length: past.length, arrays };
}
