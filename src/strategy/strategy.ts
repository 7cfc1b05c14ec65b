/** Strategy: the policy that decides what is worth evaluating on a checkpoint. */
import type { Plan } from '../domain/plan.ts';
import type { TaskSummary } from '../domain/task.ts';

/** Everything a strategy may look at; values only, so that the same input always gives the same plan. */
export interface StrategyInput {
  readonly step: number;
  readonly tasks: readonly TaskSummary[];
  /** Docs of each task to evaluate, at most. */
  readonly docsPerTask: number;
  /** Seconds a doc of this task took on this run's last evaluation. */
  readonly secondsPerDoc: ReadonlyMap<string, number>;
}

/** What a strategy decides. */
export type Planned = Pick<Plan, 'slices' | 'leftOut'>;

export interface Strategy {
  readonly name: string;
  /** One sentence for `--help` and the plan. */
  readonly description: string;
  plan(input: StrategyInput): Planned;
}
