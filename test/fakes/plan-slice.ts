/** A slice of a plan; what a test does not care about is plain. */
import type { PlanSlice } from '../../src/domain/plan.ts';

export function planSlice(parts: Partial<PlanSlice> & Pick<PlanSlice, 'task' | 'docs'>): PlanSlice {
  return {
    taskHash: 'h1',
    capabilities: [],
    from: 0,
    chosen: null,
    reason: 'All of it.',
    couldChange: 'Its verdict.',
    expectedSeconds: null,
    ...parts,
  };
}
