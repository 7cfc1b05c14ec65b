/** Sample: one doc as asked and answered, with its metric values. */

/** What the model answered, small enough to keep for every doc. */
export type Answer =
  | {
      readonly kind: 'choice';
      readonly logprobs: readonly number[];
      readonly isGreedy: readonly boolean[];
      /** The choices without their context, where a metric compares the two. */
      readonly unconditional?: { readonly logprobs: readonly number[]; readonly isGreedy: readonly boolean[] };
    }
  | { readonly kind: 'loglikelihood'; readonly logprob: number; readonly isGreedy: boolean }
  | { readonly kind: 'rolling'; readonly logprob: number; readonly tokens: number }
  | { readonly kind: 'text'; readonly text: string; readonly tokens: number };

export interface Sample {
  /** Position in the task's fixed doc order (the nested order of sampling). */
  readonly index: number;
  readonly docId: string;
  /** Null when the doc failed (non-finite log-probabilities, time-out): it has no values. */
  readonly answer: Answer | null;
  readonly error: string | null;
  /** The beginning of its context was cut, because it is longer than the model reads. Not kept in the store. */
  readonly isCut?: boolean;
  /** Metric id -> this doc's value; for bits_per_byte and perplexities the per-doc value and its weight are both kept. */
  readonly values: Readonly<Record<string, number>>;
}
