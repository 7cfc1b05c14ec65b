/** fixed: the same first docs of every task on every checkpoint, so that all of them can be compared doc by doc. */
import type { PlanSlice } from '../../domain/plan.ts';
import type { TaskSummary } from '../../domain/task.ts';
import type { Strategy, StrategyInput } from '../strategy.ts';

export const fixed: Strategy = {
  name: 'fixed',
  description: 'the first docs of every task, the same on every checkpoint',
  plan: (input) => [...input.tasks].sort(byCapability).map((task) => sliceOf(task, input)),
};

/** Probes first: they are cheap and move earliest; then capability by capability. */
function byCapability(a: TaskSummary, b: TaskSummary): number {
  return sortKey(a) < sortKey(b) ? -1 : 1;
}

function sortKey(task: TaskSummary): string {
  const first = task.capabilities[0] ?? '~';
  return `${first.startsWith('probe.') ? 0 : 1} ${first} ${task.name}`;
}

function sliceOf(task: TaskSummary, { docsPerTask, secondsPerDoc }: StrategyInput): PlanSlice {
  const docs = Math.min(docsPerTask, task.size);
  const cost = secondsPerDoc.get(task.name);
  const part = docs < task.size ? `the first ${docs} of ${task.size} docs` : `all ${docs} docs`;
  return {
    task: task.name,
    taskHash: task.hash,
    capabilities: task.capabilities,
    docs,
    reason: `${part} in the task's fixed order: every checkpoint answers the same ones, so any two can be compared doc by doc`,
    expectedSeconds: cost === undefined ? null : docs * cost,
  };
}
