/** Sample: one doc as asked and answered, with its metric values. */

/** What the model answered, small enough to keep for every doc. */
export type Answer =
  | { readonly kind: 'choice'; readonly logprobs: readonly number[]; readonly isGreedy: readonly boolean[] }
  | { readonly kind: 'loglikelihood'; readonly logprob: number; readonly isGreedy: boolean }
  | { readonly kind: 'rolling'; readonly logprob: number; readonly tokens: number }
  | {
      readonly kind: 'text';
      readonly text: string;
      readonly tokens: number;
      /** max_gen_toks ran out before an end was found. */
      readonly isUnfinished?: true;
    };

/** What asking a doc took, over all its requests. */
export interface SampleTiming {
  /** Epoch milliseconds. */
  readonly sentAt: number;
  /** From the first request sent to the last answer. */
  readonly seconds: number;
  /** Null where the engine does not tell. */
  readonly firstTokenSeconds: number | null;
  /** Of the first request; null where the engine does not tell. */
  readonly promptTokens: number | null;
  /** Scored or generated. */
  readonly tokens: number;
}

export interface Sample {
  /** Position in the task's fixed doc order (the nested order of sampling). */
  readonly index: number;
  readonly docId: string;
  /** Null when the doc failed (non-finite log-probabilities, time-out): it has no values. */
  readonly answer: Answer | null;
  readonly error: string | null;
  /** The beginning of its context was cut, because it is longer than the model reads. Not kept in the store. */
  readonly isCut?: boolean;
  /** Left out when any of its answers was known from before. */
  readonly timing?: SampleTiming;
  /** Metric id -> this doc's value; for bits_per_byte and perplexities the per-doc value and its weight are both kept. */
  readonly values: Readonly<Record<string, number>>;
}
