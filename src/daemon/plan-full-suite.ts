/** All docs of all tasks on the newest evaluated checkpoint of each run: what the plans of the day left out. */
import { existsSync } from 'node:fs';
import { coverageOf, type Plan, type PlanSlice } from '../domain/plan.ts';
import type { Task } from '../evaluation/task.ts';
import type { DaemonContext } from './context.ts';
import { planFurther } from './plan-further.ts';

/** @returns checkpoints of which more is asked now */
export function planFullSuite(context: Pick<DaemonContext, 'store' | 'bus' | 'tasks' | 'log'>): string[] {
  const { store, bus, log } = context;
  return store.runs.list().flatMap(({ id }) => {
    const newest = store.checkpoints.newestEvaluated(id);
    const plan = newest === null ? undefined : store.plans.ofCheckpoint(newest.id).at(-1);
    if (newest === null || plan === undefined) return [];
    const added = restOf(plan, [...context.tasks.values()]);
    if (added.length === 0) return [];
    const directory = store.pins.ofCheckpoint(newest.id)?.directory ?? newest.path;
    if (!existsSync(directory)) {
      log.warn(`the full suite can't be asked of ${newest.id}: ${directory} is gone`);
      return [];
    }
    bus.transact(() => planFurther(context, { plan, added, cause: 'full-suite', step: newest.step }));
    return [newest.id];
  });
}

function restOf(plan: Plan, tasks: readonly Task[]): PlanSlice[] {
  return tasks.flatMap(({ summary, docs }): PlanSlice[] => {
    const from = coverageOf(plan.slices.filter(({ task }) => task === summary.name)).docs;
    if (from >= docs.length) return [];
    return [
      {
        task: summary.name,
        taskHash: summary.hash,
        capabilities: summary.capabilities,
        from,
        docs: docs.length,
        chosen: null,
        reason: 'The full suite is due (schedule.full_suite): every doc of every task.',
        couldChange: 'How sure every score of this checkpoint is, and how small a later drop can be and still be told.',
        expectedSeconds: null,
      },
    ];
  });
}
