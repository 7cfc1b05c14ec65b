/** Plan: what will be evaluated on a checkpoint, in order, each slice with its reason; and what is left out, with its reason. */

export interface PlanSlice {
  readonly task: string;
  readonly taskHash: string;
  readonly capabilities: readonly string[];
  /** First doc: 0, or behind those that earlier slices ask. */
  readonly from: number;
  /** Docs [from, docs) of the task's fixed order. */
  readonly docs: number;
  /** Indexes of further docs, picked for what they tell of this checkpoint; null for none. */
  readonly chosen: readonly number[] | null;
  /** One sentence. */
  readonly reason: string;
  /** One sentence: which verdict or decision its answers could change. */
  readonly couldChange: string;
  /** Expected seconds; null while nothing was learned yet. */
  readonly expectedSeconds: number | null;
}

/** What was not planned although it is there to be asked. */
export interface LeftOut {
  readonly task: string;
  /** Docs that would have been asked. */
  readonly docs: number;
  /** One sentence. */
  readonly reason: string;
  /** What they would have taken; null when that is not known. */
  readonly expectedSeconds: number | null;
}

export interface Plan {
  readonly id: string;
  readonly checkpoint: string;
  readonly strategy: string;
  /** In the order they are asked; a task may have several (its base, then more of it). */
  readonly slices: readonly PlanSlice[];
  readonly leftOut: readonly LeftOut[];
}

/** Docs that a slice asks. */
export function docsIn({ from, docs, chosen }: Pick<PlanSlice, 'from' | 'docs' | 'chosen'>): number {
  return Math.max(0, docs - from) + (chosen?.length ?? 0);
}

/** Docs that all slices ask together. */
export function docsOfAll(slices: readonly PlanSlice[]): number {
  return slices.reduce((sum, slice) => sum + docsIn(slice), 0);
}

/** Seconds that all slices are expected to take; null when one of them is not known. */
export function expectedSecondsOf(slices: readonly Pick<PlanSlice, 'expectedSeconds'>[]): number | null {
  return slices.reduce<number | null>(
    (sum, { expectedSeconds }) => (sum === null || expectedSeconds === null ? null : sum + expectedSeconds),
    0,
  );
}

/**
 * The docs each slice asks, in its order: those of [from, docs), then the chosen ones; without those that an earlier slice of the task asks.
 * Slices are only ever appended, so the first n docs of a task's slices, one behind the other, are always the same.
 */
export function docsBySlice(slices: readonly PlanSlice[]): (readonly number[])[] {
  const seen = new Map<string, Set<number>>();
  return slices.map(({ task, from, docs, chosen }) => {
    const asked = seen.get(task) ?? new Set<number>();
    seen.set(task, asked);
    const stretch = Array.from({ length: Math.max(0, docs - from) }, (_, offset) => from + offset);
    return [...stretch, ...(chosen ?? [])].filter((index) => {
      if (asked.has(index)) return false;
      asked.add(index);
      return true;
    });
  });
}

/** What the slices of one task ask together. */
export interface Coverage {
  /** Docs [0, docs) of the fixed order, without a gap. */
  readonly docs: number;
  /** Indexes behind them, ascending. */
  readonly beyond: readonly number[];
}

export function coverageOf(slices: readonly PlanSlice[]): Coverage {
  const asked = [...new Set(docsBySlice(slices).flat())].sort((a, b) => a - b);
  const gap = asked.findIndex((index, place) => index !== place);
  const docs = gap === -1 ? asked.length : gap;
  return { docs, beyond: asked.slice(docs) };
}
