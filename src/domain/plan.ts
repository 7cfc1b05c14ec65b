/** Plan: what will be evaluated on a checkpoint, in order, each slice with its reason. */

export interface PlanSlice {
  readonly task: string;
  readonly taskHash: string;
  readonly capabilities: readonly string[];
  /** Docs [0, docs) of the task's fixed order. */
  readonly docs: number;
  /** One sentence. */
  readonly reason: string;
  /** Expected seconds; null while nothing was learned yet. */
  readonly expectedSeconds: number | null;
}

export interface Plan {
  readonly id: string;
  readonly checkpoint: string;
  readonly strategy: string;
  readonly slices: readonly PlanSlice[];
}
