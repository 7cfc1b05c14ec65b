/** A plan with what the team wants watched more closely: first in order, and on all its docs. Pure. */
import { isWithin } from '../domain/capability.ts';
import type { PlanSlice } from '../domain/plan.ts';
import type { WatchCloser } from '../domain/watch-closer.ts';
import { sliceOf } from './first-docs.ts';
import type { PlannableTask, Planned } from './strategy.ts';

/** @param secondsPerDoc by task, as far as it is known */
export function watchCloser(
  planned: Planned,
  wish: WatchCloser,
  tasks: readonly PlannableTask[],
  secondsPerDoc: ReadonlyMap<string, number>,
): Planned {
  const closer = tasks.filter((task) => task.variant === undefined && isMeant(task.capabilities, wish));
  const names = new Set(closer.map(({ name }) => name));
  const why = wish.reason === null ? '' : ` (${wish.reason})`;
  const what = wish.capabilities.length === 0 ? 'everything' : wish.capabilities.join(', ');
  const first = closer.map(
    (task): PlanSlice =>
      sliceOf(task, [0, task.size], secondsPerDoc.get(task.name) ?? null, {
        reason: `${wish.by} asked to watch ${what} closer for ${wish.checkpoints} checkpoints from step ${wish.fromStep}${why}: all its docs.`,
        couldChange: `How small a change of ${what} can be and still be told.`,
      }),
  );
  return {
    slices: [...first, ...planned.slices.filter(({ task }) => !names.has(task))],
    leftOut: planned.leftOut.filter(({ task }) => !names.has(task)),
  };
}

function isMeant(capabilities: readonly string[], wish: WatchCloser): boolean {
  if (wish.capabilities.length === 0) return true;
  return capabilities.some((one) => wish.capabilities.some((wanted) => isWithin(one, wanted)));
}
