/** The slices that ask the first docs of every task: nested subsets, the base of every strategy. */
import type { PlanSlice } from '../domain/plan.ts';
import type { TaskSummary, TaskVariant } from '../domain/task.ts';
import type { StrategyInput } from './strategy.ts';

/** One slice a task, `reasonOf(docs, size)` being its sentence. */
export function planFirstDocs(input: StrategyInput, reasonOf: (docs: number, size: number) => string): PlanSlice[] {
  return [...input.tasks].sort(byCapability).map((task) => {
    const docs = Math.min(input.docsPerTask, task.size);
    const cost = input.secondsPerDoc.get(task.name);
    return {
      task: task.name,
      taskHash: task.hash,
      capabilities: task.capabilities,
      from: 0,
      docs,
      chosen: null,
      reason: task.variant === undefined ? reasonOf(docs, task.size) : reasonOfVariant(docs, task.variant),
      couldChange: couldChangeOf(task),
      expectedSeconds: cost === undefined ? null : docs * cost,
    };
  });
}

/** Which verdicts the first docs of a task feed. */
function couldChangeOf({ capabilities, variant }: TaskSummary): string {
  if (variant !== undefined) return `How robust ${variant.of} is said to be at this checkpoint.`;
  const nodes = capabilities.length === 0 ? 'the whole' : capabilities.join(', ');
  return `The verdict on ${nodes} at this checkpoint.`;
}

function reasonOfVariant(docs: number, { of, perturbation, changed }: TaskVariant): string {
  return `The first ${docs} docs of ${of} under ${perturbation}, which changes ${changed}: how well do its answers stand that?`;
}

/** Probes first: they are cheap and move earliest; then capability by capability. */
function byCapability(a: TaskSummary, b: TaskSummary): number {
  return sortKey(a) < sortKey(b) ? -1 : 1;
}

function sortKey(task: TaskSummary): string {
  const first = task.capabilities[0] ?? '~';
  return `${first.startsWith('probe.') ? 0 : 1} ${first} ${task.name}`;
}
