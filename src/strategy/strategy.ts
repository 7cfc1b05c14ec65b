/** Strategy: the policy that decides what is worth evaluating on a checkpoint. */
import type { ModelType } from '../domain/model-type.ts';
import type { Plan } from '../domain/plan.ts';
import type { TaskSummary } from '../domain/task.ts';
import type { Budget } from './budget.ts';
import type { History } from './history.ts';
import type { RecognisedStage } from './training-stage.ts';

/** A task as plans see it. */
export interface PlannableTask extends TaskSummary {
  /** Its choices are letters that stand for the answers above them, not the answers themselves. */
  readonly asksLetters: boolean;
}

/** Everything a strategy may look at; values only, so that the same input always gives the same plan. */
export interface StrategyInput {
  readonly step: number;
  /** Earlier checkpoints of the run that were planned. */
  readonly position: number;
  readonly tasks: readonly PlannableTask[];
  /** Docs of each task to evaluate, at most. */
  readonly docsPerTask: number;
  /** Docs of each task, at most, where more than that is wanted: of anchors, and of what looks low. */
  readonly mostDocs: number;
  /** Docs of each task to choose for this checkpoint beside them. */
  readonly chosenDocs: number;
  readonly history: History;
  readonly modelType: ModelType;
  readonly stage: RecognisedStage;
  readonly budget: Budget;
  /** This checkpoint gets the full set, so that later ones have something to be held against. */
  readonly isAnchor: boolean;
  /** Every how many checkpoints there is an anchor. */
  readonly anchorEvery: number;
}

/** What a strategy decides. */
export type Planned = Pick<Plan, 'slices' | 'leftOut'>;

export interface Strategy {
  readonly name: string;
  /** One sentence for `--help` and the plan. */
  readonly description: string;
  /** A capability that looks worse after its base docs is asked further at once. */
  readonly escalates: boolean;
  plan(input: StrategyInput): Planned;
}
