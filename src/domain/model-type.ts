/** What kind of model a checkpoint is: it decides how it is asked. */

export const MODEL_TYPES = ['base', 'chat', 'reward', 'embedding'] as const;

/**
 * `base` continues text: choices are scored by log-probability, generation is few-shot. `chat` was tuned to answer turns: its generating
 * tasks are asked through its own template. `reward` and `embedding` models do not write text and are not evaluated.
 */
export type ModelType = (typeof MODEL_TYPES)[number];

export interface RecognisedModelType {
  readonly type: ModelType;
  /** Its weights are an adapter over a base model. */
  readonly isAdapter: boolean;
  /** It has a chat template, whether or not it was tuned on it. */
  readonly hasChatTemplate: boolean;
  /** Where it started from, as its own files say; null when they do not. */
  readonly base: string | null;
  /** What speaks for the type, most weighty first, each a clause. */
  readonly evidence: readonly string[];
}
