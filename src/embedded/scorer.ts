/** Docs of all requests -> full batches -> log-probabilities of every continuation token, in the order asked. */
import type { Limits } from './limits.ts';
import { type Batch, type Doc, packBatch, planBatches } from './packing.ts';
import type { ForwardOutput, Runtime } from './runtime.ts';

/** One continuation's tokens, one entry each. */
export interface TokenScores {
  /** Nats. */
  readonly logprobs: Float32Array;
  /** [tokens x top], best first. */
  readonly topIds: Int32Array;
  /** [tokens x top] */
  readonly topLogprobs: Float32Array;
  /** 1 is best; empty unless asked for. */
  readonly ranks: Float32Array;
  /** Every token was the arg-max. */
  readonly isGreedy: boolean;
}

export interface ScoreOptions {
  /** How many best tokens to name at each place; 1 by default. */
  readonly top?: number;
  readonly wantRanks?: boolean;
  readonly signal?: AbortSignal;
}

interface Waiting extends Doc {
  readonly order: Order;
  readonly index: number;
}

/** One call of `score` and what has come back for it. */
interface Order {
  readonly options: ScoreOptions;
  readonly results: TokenScores[][];
  missing: number;
  readonly resolve: (results: TokenScores[][]) => void;
  readonly reject: (error: unknown) => void;
}

/** Docs planned together: enough to find neighbours of like length, few enough that late requests are not kept waiting. */
const PLANNED_TOGETHER = 2048;

export class Scorer {
  readonly #runtime: Runtime;
  readonly #limits: Limits;
  readonly #waiting: Waiting[] = [];
  #isWorking = false;

  constructor(runtime: Runtime, limits: Limits) {
    this.#runtime = runtime;
    this.#limits = limits;
  }

  /**
   * For each doc, for each continuation, its token scores. A doc must fit the model's length and every id its vocabulary.
   * Rejects with the signal's reason when aborted; the work not yet begun is dropped.
   */
  score(docs: readonly Doc[], options: ScoreOptions = {}): Promise<TokenScores[][]> {
    return new Promise((resolve, reject) => {
      if (docs.length === 0) return resolve([]);
      const order: Order = { options, results: [], missing: docs.length, resolve, reject };
      options.signal?.addEventListener('abort', () => reject(options.signal?.reason), { once: true });
      docs.forEach((doc, index) => {
        this.#waiting.push({ context: doc.context, continuations: doc.continuations, order, index });
      });
      if (!this.#isWorking) void this.#work();
    });
  }

  async #work(): Promise<void> {
    this.#isWorking = true;
    while (this.#waiting.length > 0) {
      const docs = this.#waiting.splice(0, PLANNED_TOGETHER).filter(isWanted);
      for (const alike of groupByOptions(docs)) {
        for (const batch of planBatches(alike, this.#limits)) await this.#runBatch(batch);
      }
    }
    this.#isWorking = false;
  }

  async #runBatch(planned: Batch<Waiting>): Promise<void> {
    // What was given up since planning is left out; a planned row may become empty, and a batch too.
    const rows = planned.rows.map((row) => row.filter(isWanted)).filter((row) => row.length > 0);
    const options = rows[0]?.[0]?.order.options;
    if (options === undefined) return;
    try {
      const packed = packBatch({ width: planned.width, rows });
      const top = options.top ?? 1;
      const ranked = options.wantRanks ? Int32Array.from(packed.input.rows.keys()) : undefined;
      const output = await this.#runtime.forward({ ...packed.input, top, ...(ranked && { ranked }) });
      const isHopeless = output.logprob.every((value) => !Number.isFinite(value));
      for (const { doc, start, sharesRow } of packed.answers) {
        const scores = scoresOf(doc, output, start, top);
        const isAlone = !sharesRow && doc.continuations.length === 1;
        const isBroken = scores.some((each) => !each.logprobs.every(Number.isFinite));
        deliver(doc, isBroken && !isAlone && !isHopeless ? await this.#scoreAlone(doc, top) : scores);
      }
    } catch (error) {
      for (const doc of rows.flat()) doc.order.reject(error);
    }
  }

  /**
   * An infinite value times a masked zero is NaN, so a continuation that overflows would spoil its neighbours in the row.
   * Each is asked again in a run of its own, as the unpacked reference would.
   */
  async #scoreAlone(doc: Waiting, top: number): Promise<TokenScores[]> {
    const scores: TokenScores[] = [];
    for (const continuation of doc.continuations) {
      const single = { context: doc.context, continuations: [continuation] };
      for (const batch of planBatches([single], this.#limits)) {
        const { input } = packBatch(batch);
        const ranked = doc.order.options.wantRanks ? Int32Array.from(input.rows.keys()) : undefined;
        const output = await this.#runtime.forward({ ...input, top, ...(ranked && { ranked }) });
        scores.push(...scoresOf(single, output, 0, top));
      }
    }
    return scores;
  }
}

function isWanted(doc: Waiting): boolean {
  return !doc.order.options.signal?.aborted;
}

/** One run has one `top`, and ranks cost something, so docs that ask for different things do not share batches. */
function groupByOptions(docs: readonly Waiting[]): Waiting[][] {
  const groups = new Map<string, Waiting[]>();
  for (const doc of docs) {
    const key = `${doc.order.options.top ?? 1} ${doc.order.options.wantRanks ?? false}`;
    const group = groups.get(key);
    if (group) group.push(doc);
    else groups.set(key, [doc]);
  }
  return [...groups.values()];
}

function scoresOf(doc: Doc, output: ForwardOutput, start: number, top: number): TokenScores[] {
  let at = start;
  return doc.continuations.map((tokens) => {
    const [from, to] = [at, at + tokens.length];
    at = to;
    return {
      logprobs: output.logprob.slice(from, to),
      topIds: output.topId.slice(from * top, to * top),
      topLogprobs: output.topLogprob.slice(from * top, to * top),
      ranks: output.rank.slice(from, to),
      isGreedy: tokens.every((token, index) => token === output.topId[(from + index) * top]),
    };
  });
}

function deliver(doc: Waiting, scores: TokenScores[]): void {
  const { order } = doc;
  order.results[doc.index] = scores;
  order.missing -= 1;
  if (order.missing === 0) order.resolve(order.results);
}
