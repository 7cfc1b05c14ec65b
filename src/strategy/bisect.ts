/** Where something fell between two checkpoints, the one in the middle that was passed over tells most. Pure. */
import type { Plan, PlanSlice } from '../domain/plan.ts';
import { sliceOf } from './first-docs.ts';
import type { PlannableTask } from './strategy.ts';

/** What fell, and between which steps. */
export interface Fallen {
  /** Last good and first bad step. */
  readonly between: readonly [good: number, bad: number];
}

/**
 * Halves the first interval that can be halved.
 * @param fallen those that matter most first
 * @param candidates passed over and still readable, in the order of steps
 */
export function chooseMiddle<Interval extends Fallen, Candidate extends { readonly step: number }>(
  fallen: readonly Interval[],
  candidates: readonly Candidate[],
): { readonly fallen: Interval; readonly middle: Candidate } | null {
  for (const one of fallen) {
    const [good, bad] = one.between;
    const within = candidates.filter(({ step }) => good < step && step < bad);
    if (within.length > 0) return { fallen: one, middle: within[(within.length - 1) >> 1]! };
  }
  return null;
}

/** What a checkpoint is asked to tell. */
export interface Telling {
  /** Docs of each task behind what fell, as many as the checkpoint has at which that was seen. */
  readonly docs: Readonly<Record<string, number>>;
  /** A sentence. */
  readonly reason: string;
}

/** A plan that asks first what fell, on the docs on which it was seen. */
export function askWhereItFell(
  planned: Pick<Plan, 'slices' | 'leftOut'>,
  { docs, reason }: Telling,
  tasks: readonly PlannableTask[],
  secondsPerDoc: ReadonlyMap<string, number>,
): Pick<Plan, 'slices' | 'leftOut'> {
  const first = tasks.flatMap((task): PlanSlice[] => {
    const wanted = docs[task.name];
    if (wanted === undefined) return [];
    const words = { reason, couldChange: 'Between which two checkpoints the drop is said to have begun.' };
    return [sliceOf(task, [0, Math.min(wanted, task.size)], secondsPerDoc.get(task.name) ?? null, words)];
  });
  const names = new Set(first.map(({ task }) => task));
  return {
    slices: [...first, ...planned.slices.filter(({ task }) => !names.has(task))],
    leftOut: planned.leftOut.filter(({ task }) => !names.has(task)),
  };
}
