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
  | TextAnswer;

export interface TextAnswer {
  readonly kind: 'text';
  readonly text: string;
  /** The second answer and those after it, of a doc that is asked repeatedly. */
  readonly more?: readonly string[];
  /** Of all answers together. */
  readonly tokens: number;
  /** max_gen_toks ran out before an end was found, in any of its answers. */
  readonly isUnfinished?: true;
  /** Characters that were too many to keep, of all answers together; the values are those of the whole texts. */
  readonly dropped?: number;
  /** What became of the programs in the answers, by filter pipeline, in the order of its answers. */
  readonly executions?: Readonly<Record<string, readonly Execution[]>>;
}

/** `ended`: it ended, or was ended, before its tests had been through; `unusable`: the doc's own tests can't be run. */
export type ExecutionOutcome = 'passed' | 'failed' | 'ended' | 'timeout' | 'memory' | 'unusable';

/** What became of one generated program. */
export interface Execution {
  readonly outcome: ExecutionOutcome;
  /** What was wrong, in a few words; empty when it passed. */
  readonly detail: string;
}

/** Every text of an answer, in the order given. */
export function textsOf(answer: TextAnswer): readonly string[] {
  return [answer.text, ...(answer.more ?? [])];
}

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
