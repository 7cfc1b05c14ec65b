/** All docs of all tasks on the newest evaluated checkpoint of each run: what the plans of the day left out. */
import { existsSync } from 'node:fs';
import { coverageOf, docsOfAll, type Plan, type PlanSlice } from '../domain/plan.ts';
import type { Task } from '../evaluation/task.ts';
import type { StoredCheckpoint } from '../store/checkpoints.ts';
import type { DaemonContext } from './context.ts';
import { ASK_FURTHER } from './escalate.ts';

/** @returns checkpoints of which more is asked now */
export function planFullSuite(context: Pick<DaemonContext, 'store' | 'bus' | 'tasks' | 'log'>): string[] {
  const { store, log } = context;
  return store.runs.list().flatMap(({ id }) => {
    const newest = store.checkpoints.ofRun(id).findLast(({ state }) => state === 'evaluated');
    const plan = newest === undefined ? undefined : store.plans.ofCheckpoint(newest.id).at(-1);
    if (newest === undefined || plan === undefined) return [];
    const added = restOf(plan, [...context.tasks.values()]);
    if (added.length === 0) return [];
    const directory = store.pins.ofCheckpoint(newest.id)?.directory ?? newest.path;
    if (!existsSync(directory)) {
      log.warn(`the full suite can't be asked of ${newest.id}: ${directory} is gone`);
      return [];
    }
    ask(context, newest, plan, added);
    return [newest.id];
  });
}

function ask(
  { store, bus }: Pick<DaemonContext, 'store' | 'bus'>,
  { id, run, step }: StoredCheckpoint,
  plan: Plan,
  added: readonly PlanSlice[],
): void {
  bus.transact(() => {
    store.plans.extend(plan.id, added);
    const key = `${ASK_FURTHER}:full-suite:${id}`;
    const payload = { checkpoint: id };
    if (!store.jobs.enqueue({ kind: ASK_FURTHER, key, run, step, payload })) store.jobs.reopen(key, payload);
    bus.emit('evaluation.planned', {
      run,
      checkpoint: id,
      step,
      plan: plan.id,
      strategy: plan.strategy,
      tasks: added.length,
      docs: docsOfAll(added),
      further: true,
    });
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
