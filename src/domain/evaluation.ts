/** Evaluation: one execution of a plan on one checkpoint. */
import type { ModelDescription } from './language-model.ts';

export type EvaluationState = 'planned' | 'running' | 'finished' | 'failed';

export interface Evaluation {
  readonly id: string;
  readonly checkpoint: string;
  readonly plan: string;
  readonly state: EvaluationState;
  /** What answered; null until an engine was ready. */
  readonly engine: ModelDescription | null;
  /** Epoch milliseconds. */
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  /** Seconds of work, summed over attempts. */
  readonly seconds: number | null;
  readonly attempts: number;
  /** Why it failed, in a sentence. */
  readonly error: string | null;
}
