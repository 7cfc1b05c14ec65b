/** The work of all requests: docs to score and sequences to decode, cut into turns so that requests share the engine fairly. */
import type { Engine } from '../engine.ts';
import type { GenerateOptions, StopReason } from '../generator.ts';
import { type Doc, lengthOf } from '../packing.ts';
import type { ScoreOptions, TokenScores } from '../scorer.ts';
import { type Turn, Turns } from './turns.ts';

/** Turns that fill the room: three of one request are under way at most, and one place stays for the next who comes. */
const TURNS_AT_ONCE = 4;

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

  /** As `Scorer.score`; about one batch of docs a turn. */
  async score(
    docs: readonly Doc[],
    options: ScoreOptions & { readonly signal: AbortSignal },
  ): Promise<TokenScores[][]> {
    const scores: TokenScores[][] = [];
    const perTurn = this.#engine.limits.tokens;
    const turns = cutIntoTurns(docs, (doc) => lengthOf(doc) / perTurn, 1).map(
      ({ start, items }): Turn => ({
        load: 1 / TURNS_AT_ONCE,
        size: items.length,
        run: async () => {
          const part = await this.#engine.scorer.score(items, options);
          part.forEach((each, index) => {
            scores[start + index] = each;
          });
        },
      }),
    );
    await this.#scoring.take(turns, options.signal);
    return scores;
  }

  /** As `Generator.generate` for each order; a turn is a part of the sequences that fit at once. */
  async generate(orders: readonly DecodingOrder[], signal: AbortSignal): Promise<void> {
    const { limits, generator } = this.#engine;
    const share = ({ prompt, options }: DecodingOrder) =>
      Math.max(1 / limits.sequences, (prompt.length + options.maxTokens) / limits.cacheTokens);
    const decode = async ({ prompt, options, onEnd }: DecodingOrder) =>
      onEnd(await generator.generate(prompt, { ...options, signal }));
    const turns = cutIntoTurns(orders, share, 1 / TURNS_AT_ONCE).map(
      ({ items, load }): Turn => ({
        load,
        size: items.length,
        run: async () => void (await Promise.all(items.map(decode))),
      }),
    );
    await this.#decoding.take(turns, signal);
  }
}

interface Part<T> {
  /** Index of its first item. */
  readonly start: number;
  readonly items: T[];
  load: number;
}

/** Neighbours together while their load stays within `most`; an item that is more goes alone. */
function cutIntoTurns<T>(items: readonly T[], loadOf: (item: T) => number, most: number): Part<T>[] {
  const parts: Part<T>[] = [];
  items.forEach((item, index) => {
    const load = loadOf(item);
    const part = parts.at(-1);
    if (part !== undefined && part.load + load <= most + 1e-9) {
      part.items.push(item);
      part.load += load;
    } else parts.push({ start: index, items: [item], load });
  });
  return parts;
}
