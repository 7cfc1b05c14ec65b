/** The work of all requests: docs to score and sequences to decode, cut into turns so that requests share the engine fairly. */

import type { GenerateOptions, StopReason } from '../decoding/generator.ts';
import type { Engine } from '../engine.ts';
import type { ScoreOptions, TokenScores } from '../scorer.ts';
import { type Turn, Turns } from './turns.ts';

/** Docs of one turn: enough for the scorer to find those that begin alike, few enough that others come next soon. */
const DOCS_PER_TURN = 512;
/** Turns that fill the room: three of one request are under way at most, and one place stays for the next who comes. */
const SCORING_TURNS = 4;

type Doc = Parameters<Engine['scorer']['score']>[0][number];

export interface DecodingOrder {
  readonly prompt: readonly number[];
  readonly options: Omit<GenerateOptions, 'signal'>;
  /** Called when this sequence ends, others may go on. */
  readonly onEnd: (reason: StopReason) => void;
}

/** What `/health` tells. */
export interface WorkloadState {
  /** Sequences not begun. */
  readonly waiting: number;
  /** Sequences being decoded. */
  readonly decoding: number;
  /** Tokens made since the start. */
  readonly generated: number;
  /** Docs handed to the scorer. */
  readonly scoring: number;
  /** Docs that wait for their turn. */
  readonly scoring_waiting: number;
}

export class Workload {
  readonly #engine: Engine;
  readonly #scoring = new Turns();
  readonly #decoding = new Turns();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  get state(): WorkloadState {
    const { waiting, decoding, generated } = this.#engine.generator.state;
    return {
      waiting: waiting + this.#decoding.waiting,
      decoding,
      generated,
      scoring: this.#scoring.running,
      scoring_waiting: this.#scoring.waiting,
    };
  }

  /** As `Scorer.score`. */
  async score(
    docs: readonly Doc[],
    options: ScoreOptions & { readonly signal: AbortSignal },
  ): Promise<TokenScores[][]> {
    const scores: TokenScores[][] = [];
    const starts = Array.from({ length: Math.ceil(docs.length / DOCS_PER_TURN) }, (_, turn) => turn * DOCS_PER_TURN);
    const turns = starts.map((start): Turn => {
      const part = docs.slice(start, start + DOCS_PER_TURN);
      return {
        load: 1 / SCORING_TURNS,
        size: part.length,
        run: async () => {
          const answers = await this.#engine.scorer.score(part, options);
          answers.forEach((each, index) => {
            scores[start + index] = each;
          });
        },
      };
    });
    await this.#scoring.take(turns, options.signal);
    return scores;
  }

  /** As `Generator.generate` for each order; a sequence is a turn, so that whoever has room for one more gets it. */
  async generate(orders: readonly DecodingOrder[], signal: AbortSignal): Promise<void> {
    const { limits, generator } = this.#engine;
    const turns = orders.map(
      ({ prompt, options, onEnd }): Turn => ({
        load: Math.max(1 / limits.sequences, (prompt.length + options.maxTokens) / limits.cacheTokens),
        size: 1,
        run: async () => onEnd(await generator.generate(prompt, { ...options, signal })),
      }),
    );
    await this.#decoding.take(turns, signal);
  }
}
