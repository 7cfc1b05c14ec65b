/** How far the outcomes of a slice reach in the fixed order: up to the last doc asked. Pure. */
import type { AnsweredSlice } from './aggregate.ts';

export function outcomeReach({ docs, beyond = [] }: Pick<AnsweredSlice, 'docs' | 'beyond'>): number {
  return beyond.reduce((reach, index) => Math.max(reach, index + 1), docs);
}
