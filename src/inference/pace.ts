/**
 * How much one request carries: twice as much after a quick answer, half after a slow one. A small model gets requests large enough
 * to fill its batches; a large one on a busy machine is never asked for many minutes of work in one piece.
 */
import type { BatchLimits } from './batches.ts';

export interface PaceRule {
  /** What the first requests carry. */
  readonly first: BatchLimits;
  /** What none passes. */
  readonly most: BatchLimits;
  /** Answered sooner, waiting included: the next may carry twice as much; milliseconds. */
  readonly quickMs: number;
  /** Answered later: half as much. */
  readonly slowMs: number;
}

export interface Pace {
  /** For the next request. */
  readonly limits: BatchLimits;
  answered(ms: number): void;
}

/** Requests are not made smaller than this part of the first ones. */
const LEAST = 1 / 16;

export function keepPace({ first, most, quickMs, slowMs }: PaceRule): Pace {
  let factor = 1;
  const within = (size: number, bound: number) => Math.max(1, Math.min(Math.floor(size * factor), bound));
  return {
    get limits() {
      return {
        items: within(first.items, most.items),
        characters: within(first.characters, most.characters),
      };
    },
    answered(ms) {
      const isAtMost = first.items * factor >= most.items && first.characters * factor >= most.characters;
      if (ms < quickMs && !isAtMost) factor *= 2;
      else if (ms > slowMs) factor = Math.max(LEAST, factor / 2);
    },
  };
}
