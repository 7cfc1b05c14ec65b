/** Wire: one way of getting log-probabilities out of a server; several exist, none is standard. */
import type { LoglikelihoodResponse, LoglikelihoodRollingResponse } from '../domain/request.ts';
import type { BatchLimits } from './batches.ts';
import type { EngineConnection } from './engine-connection.ts';
import type { TextFrame } from './text-frame.ts';

/** Continuations that share one context. */
export interface ScoreGroup {
  readonly context: string;
  readonly continuations: readonly string[];
}

export interface WireContext {
  readonly connection: EngineConnection;
  /** The model's id on that server. */
  readonly model: string;
  /** Longest sequence in tokens; null when unknown. */
  readonly maxLength: number | null;
  /** BOS, else EOS; null when the checkpoint names neither. */
  readonly prefixTokenId: number | null;
  /** What the tokenizer puts around every text. */
  readonly frame: TextFrame;
}

/** All answers come in the order asked. A log-probability that is no number makes its own answer NaN and no other. */
export interface Wire {
  readonly name: string;
  /** Most that is worth asking in one scoring request; the client's own measure when left out. */
  readonly largestBatch?: BatchLimits;
  score(groups: readonly ScoreGroup[], signal?: AbortSignal): Promise<LoglikelihoodResponse[][]>;
  scoreRolling(texts: readonly string[], signal?: AbortSignal): Promise<LoglikelihoodRollingResponse[]>;
  /** Contexts of generations as this server should get them, cut on the left so that `maxNew` tokens fit behind. */
  prompts(contexts: readonly string[], maxNew: number, signal?: AbortSignal): Promise<(string | readonly number[])[]>;
  /** Fields beyond OpenAI's that this server understands in a generation. */
  readonly generationFields: Readonly<Record<string, unknown>>;
}

export interface WireKind {
  readonly name: string;
  /** Asks one small question; null when the server cannot answer this way. @throws LibraError when it is lost */
  open(context: WireContext, probe: WireProbe): Promise<Wire | null>;
}

export interface WireProbe {
  /** Where our own scoring extension is, as the server advertised it; null for other servers. */
  readonly scorePath: string | null;
  readonly signal?: AbortSignal | undefined;
}
