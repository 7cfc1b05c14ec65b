/**
 * Rows of tree nodes -> the numbers of one run. Positions are those in the sequences, not in the row, and the mask lets a token see
 * the past, the way down to it and what stands before it in its own node.
 */

import type { ForwardInput, Past } from '../runtime.ts';
import type { Row } from './plan-runs.ts';
import type { Ask, Reading } from './prefix-tree.ts';

export interface PackedRun<R extends Reading> {
  readonly input: ForwardInput;
  /** What is asked, in the order of the answers. */
  readonly asks: readonly Ask<R>[];
}

/**
 * @param past of `past.length` tokens, with arrays for as many sequences as there are rows
 * @param window how far windowed layers look back; null when there are none
 */
export function packRun<R extends Reading>(rows: readonly Row<R>[], past: Past, window: number | null): PackedRun<R> {
  const time = Math.max(...rows.map(({ tokens }) => tokens));
  const batch = rows.length;
  const ids = new Int32Array(batch * time);
  const positions = new Int32Array(batch * time);
  const asks: Ask<R>[] = [];
  const places: number[] = [];
  const askRows: number[] = [];
  rows.forEach(({ nodes }, row) => {
    for (const { node, at, answers } of nodes) {
      const start = row * time + at;
      ids.set(node.tokens, start);
      for (let index = 0; index < node.tokens.length; index++) positions[start + index] = node.start + index;
      if (!answers) continue;
      const rowOf = new Map<number, number>();
      for (const ask of node.asks) {
        const known = rowOf.get(ask.offset) ?? places.push(start + ask.offset) - 1;
        rowOf.set(ask.offset, known);
        askRows.push(known);
        asks.push(ask);
      }
    }
  });
  // The runtime divides by the number of rows.
  if (places.length === 0) places.push(0);
  const input: ForwardInput = {
    kind: 'read',
    batch,
    time,
    ids,
    positions,
    mask: maskOf(rows, time, past.length, Number.POSITIVE_INFINITY),
    windowMask: window === null ? null : maskOf(rows, time, past.length, window),
    past,
    rows: Int32Array.from(places),
    askRows: Int32Array.from(askRows),
    targets: Int32Array.from(asks, ({ reading, index }) => reading.targets[index] as number),
  };
  return { input, asks };
}

/** [rows x time x (past + time)]: 0 where a token may look, not more than `window` tokens back, itself included. */
function maskOf<R extends Reading>(rows: readonly Row<R>[], time: number, past: number, window: number): Float32Array {
  const total = past + time;
  const mask = new Float32Array(rows.length * time * total).fill(Number.NEGATIVE_INFINITY);
  rows.forEach(({ nodes, tokens }, row) => {
    const placeOf = new Map(nodes.map((placed) => [placed.node, placed.at]));
    for (const { node, at } of nodes) {
      // Stretches of the way: where they begin in the row's keys, and at which position in the sequence.
      const way = [{ key: 0, start: 0, end: past }];
      for (let each: typeof node | null = node; each !== null; each = each.parent) {
        const place = placeOf.get(each);
        if (place === undefined) break;
        way.push({ key: past + place, start: each.start, end: each.end });
      }
      for (let index = 0; index < node.tokens.length; index++) {
        const position = node.start + index;
        const line = (row * time + at + index) * total;
        for (const { key, start, end } of way) {
          const first = Math.max(start, position - window + 1);
          const last = Math.min(end, position + 1);
          if (last > first) mask.fill(0, line + key + first - start, line + key + last - start);
        }
      }
    }
    // Padding looks at itself: a row of nothing but -Infinity would become NaN and spread.
    for (let place = tokens; place < time; place++) mask[(row * time + place) * total + past + place] = 0;
  });
  return mask;
}
