/** Slices of a task's fixed order: nested subsets, the base of every strategy. Pure. */
import type { PlanSlice } from '../domain/plan.ts';
import type { TaskSummary, TaskVariant } from '../domain/task.ts';
import { secondsPerDocOf } from './cost.ts';
import type { StrategyInput } from './strategy.ts';

/** Both a sentence. */
export interface SliceWords {
  readonly reason: string;
  readonly couldChange?: string;
}

/** @param from first doc; 0 for the base of a task */
export function sliceOf(
  task: TaskSummary,
  [from, docs]: readonly [from: number, docs: number],
  secondsPerDoc: number | null,
  { reason, couldChange = couldChangeOf(task) }: SliceWords,
): PlanSlice {
  return {
    task: task.name,
    taskHash: task.hash,
    capabilities: task.capabilities,
    from,
    docs,
    chosen: null,
    reason,
    couldChange,
    expectedSeconds: secondsPerDoc === null ? null : (docs - from) * secondsPerDoc,
  };
}

/** One slice a task, `reasonOf(docs, size)` being its sentence. */
export function planFirstDocs(input: StrategyInput, reasonOf: (docs: number, size: number) => string): PlanSlice[] {
  const seconds = secondsPerDocOf(input.tasks, input.history.costs);
  return [...input.tasks].sort(byCapability).map((task) => {
    const docs = Math.min(input.docsPerTask, task.size);
    const reason = task.variant === undefined ? reasonOf(docs, task.size) : reasonOfVariant(docs, task.variant);
    return sliceOf(task, [0, docs], seconds.get(task.name) ?? null, { reason });
  });
}

/** Where a task counts, for a sentence. */
export function nodesOf({ capabilities }: TaskSummary): string {
  return capabilities.length === 0 ? 'the whole' : capabilities.join(', ');
}

/** Which verdicts the first docs of a task feed. */
function couldChangeOf(task: TaskSummary): string {
  if (task.variant !== undefined) return `How robust ${task.variant.of} is said to be at this checkpoint.`;
  return `The verdict on ${nodesOf(task)} at this checkpoint.`;
}

export function reasonOfVariant(docs: number, { of, perturbation, changed }: TaskVariant): string {
  return `The first ${docs} docs of ${of} under ${perturbation}, which changes ${changed}: how well do its answers stand that?`;
}

/** Probes first: they are cheap and move earliest; then capability by capability. */
export function byCapability(a: TaskSummary, b: TaskSummary): number {
  return sortKey(a) < sortKey(b) ? -1 : 1;
}

function sortKey(task: TaskSummary): string {
  const first = task.capabilities[0] ?? '~';
  return `${first.startsWith('probe.') ? 0 : 1} ${first} ${task.name}`;
}
