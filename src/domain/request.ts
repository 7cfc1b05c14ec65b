/** Requests: the three questions a language model can be asked (names as in lm-evaluation-harness). */

export interface LoglikelihoodRequest {
  readonly type: 'loglikelihood';
  readonly context: string;
  readonly continuation: string;
}

export interface LoglikelihoodRollingRequest {
  readonly type: 'loglikelihood_rolling';
  readonly text: string;
}

export interface GenerateUntilRequest {
  readonly type: 'generate_until';
  readonly context: string;
  /** Output is cut before the first of these. */
  readonly until: readonly string[];
  readonly maxGenToks: number;
  /** 0 is greedy. */
  readonly temperature: number;
  readonly topP?: number;
  readonly seed?: number;
}

export type Request = LoglikelihoodRequest | LoglikelihoodRollingRequest | GenerateUntilRequest;

/** What answering took, where it was answered now; an answer that was known from before has none. */
export interface ResponseTiming {
  /** When its call was sent, epoch milliseconds. */
  readonly sentAt: number;
  /** From sending to the answer, by the engine's own clock where it tells, else that of its whole call. */
  readonly seconds: number;
  /** From sending to its first token, where the engine tells. */
  readonly firstTokenSeconds?: number;
}

interface Measured {
  readonly timing?: ResponseTiming;
  /** Tokens of what stood before the answer, where the engine tells. */
  readonly promptTokens?: number;
}

/** Sum of the continuation's log-probabilities (nats; NaN if the model gave a non-finite one). */
export interface LoglikelihoodResponse extends Measured {
  readonly logprob: number;
  /** Every token of the continuation was the arg-max. */
  readonly isGreedy: boolean;
  /** Number of continuation tokens. */
  readonly tokens: number;
  /** The beginning of the context was cut: both together were longer than the model reads. */
  readonly isCut?: boolean;
}

export interface LoglikelihoodRollingResponse extends Measured {
  /** Sum over the whole text, nats; NaN if non-finite. */
  readonly logprob: number;
  readonly tokens: number;
  /** A text that is rolled over is read whole, in windows. */
  readonly isCut?: never;
}

export interface GenerateUntilResponse extends Measured {
  readonly text: string;
  readonly tokens: number;
  /** `length` when max_gen_toks ran out. */
  readonly finishReason: 'stop' | 'length';
  /** The beginning of the context was cut, so that max_gen_toks fit behind it. */
  readonly isCut?: boolean;
}

export type Response = LoglikelihoodResponse | LoglikelihoodRollingResponse | GenerateUntilResponse;
