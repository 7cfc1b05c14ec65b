/** Docs of all requests -> full runs -> log-probabilities of every continuation token, in the order asked. */
import type { Limits } from './limits.ts';
import type { Ask, Reading } from './reading/prefix-tree.ts';
import type { Reader } from './reading/reader.ts';
import type { ForwardOutput } from './runtime.ts';

export interface Doc {
  /** At least one token. */
  readonly context: readonly number[];
  readonly continuations: readonly (readonly number[])[];
}

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

/** One call of `score` and what has come back for it. */
interface Order {
  readonly docs: readonly Doc[];
  readonly options: ScoreOptions;
  /** Tokens to read at most. */
  readonly size: number;
  readonly results: TokenScores[][];
  missing: number;
  readonly resolve: (results: TokenScores[][]) => void;
  readonly reject: (error: unknown) => void;
}

/** One continuation behind its context. */
interface Scored extends Reading {
  readonly order: Order;
  readonly doc: number;
  readonly place: number;
  readonly scores: TokenScores;
}

/** Docs planned together: enough to find neighbours that begin alike, few enough that late requests are not kept waiting. */
const PLANNED_TOGETHER = 2048;

export class Scorer {
  readonly #reader: Reader;
  readonly #limits: Limits;
  #waiting: Order[] = [];
  #isWorking = false;

  constructor(reader: Reader, limits: Limits) {
    this.#reader = reader;
    this.#limits = limits;
  }

  /**
   * For each doc, for each continuation, its token scores. A doc must fit the model's length and every id its vocabulary.
   * Rejects with the signal's reason when aborted; the work not yet begun is dropped.
   */
  score(docs: readonly Doc[], options: ScoreOptions = {}): Promise<TokenScores[][]> {
    return new Promise((resolve, reject) => {
      const results = docs.map(({ continuations }) => continuations.map(() => NO_SCORES));
      const missing = docs.reduce((sum, doc) => sum + doc.continuations.filter(isNotEmpty).length, 0);
      if (missing === 0) return resolve(results);
      const size = docs.reduce((sum, doc) => sum + lengthOf(doc), 0);
      options.signal?.addEventListener('abort', () => reject(options.signal?.reason), { once: true });
      this.#waiting.push({ docs, options, size, results, missing, resolve, reject });
      if (!this.#isWorking) void this.#work();
    });
  }

  async #work(): Promise<void> {
    this.#isWorking = true;
    while (this.#waiting.length > 0) await this.#serve(this.#nextOrders(), () => this.#serveSmall());
    this.#isWorking = false;
  }

  /** Waiting orders that ask alike, as many as are planned together. */
  #nextOrders(): Order[] {
    const key = keyOf(this.#waiting[0] as Order);
    const taken: Order[] = [];
    let docs = 0;
    for (const order of this.#waiting) {
      if (docs >= PLANNED_TOGETHER) break;
      if (keyOf(order) !== key) continue;
      taken.push(order);
      docs += order.docs.length;
    }
    this.#waiting = this.#waiting.filter((order) => !taken.includes(order));
    return taken;
  }

  /** @param onPause called between runs */
  async #serve(orders: readonly Order[], onPause?: () => Promise<void>): Promise<void> {
    const options = orders[0]?.options ?? {};
    const readings = orders.filter(isWanted).flatMap((order) => readingsOf(order, options));
    try {
      await this.#reader.read(readings, {
        top: options.top ?? 1,
        wantRanks: options.wantRanks ?? false,
        isWanted: ({ order }) => isWanted(order),
        onAnswer: note,
        onDone: deliver,
        ...(onPause && { onPause }),
      });
    } catch (error) {
      for (const order of orders) order.reject(error);
    }
  }

  /** A short question does not wait for the end of a long list; those that come meanwhile wait for its next run, so that it ends. */
  async #serveSmall(): Promise<void> {
    const small = this.#waiting.filter(({ size }) => size <= this.#limits.tokens);
    this.#waiting = this.#waiting.filter((order) => !small.includes(order));
    for (const order of small) await this.#serve([order]);
  }
}

const NO_SCORES: TokenScores = {
  logprobs: new Float32Array(0),
  topIds: new Int32Array(0),
  topLogprobs: new Float32Array(0),
  ranks: new Float32Array(0),
  isGreedy: true,
};

/** Tokens read for a doc on its own. */
function lengthOf(doc: Doc): number {
  return doc.continuations.reduce((sum, tokens) => sum + tokens.length, doc.context.length);
}

function isNotEmpty(tokens: readonly number[]): boolean {
  return tokens.length > 0;
}

function isWanted({ options }: Order): boolean {
  return !options.signal?.aborted;
}

/** One run has one `top`, and ranks cost something, so docs that ask for different things do not share runs. */
function keyOf({ options }: Order): string {
  return `${options.top ?? 1} ${options.wantRanks ?? false}`;
}

function readingsOf(order: Order, { top = 1, wantRanks = false }: ScoreOptions): Scored[] {
  return order.docs.flatMap(({ context, continuations }, doc) =>
    continuations.flatMap((targets, place) => {
      const size = targets.length;
      if (size === 0) return [];
      const scores: TokenScores = {
        logprobs: new Float32Array(size),
        topIds: new Int32Array(size * top),
        topLogprobs: new Float32Array(size * top),
        ranks: new Float32Array(wantRanks ? size : 0),
        isGreedy: false,
      };
      return { context, tail: targets.slice(0, -1), targets, order, doc, place, scores };
    }),
  );
}

function note({ reading, index }: Ask<Scored>, output: ForwardOutput, ask: number, row: number): void {
  const { logprobs, topIds, topLogprobs, ranks } = reading.scores;
  const top = topIds.length / logprobs.length;
  logprobs[index] = output.logprob[ask] as number;
  topIds.set(output.topId.subarray(row * top, (row + 1) * top), index * top);
  topLogprobs.set(output.topLogprob.subarray(row * top, (row + 1) * top), index * top);
  if (ranks.length > 0) ranks[index] = output.rank[ask] as number;
}

function deliver({ order, doc, place, targets, scores }: Scored): void {
  const top = scores.topIds.length / targets.length;
  const isGreedy = targets.every((token, index) => token === scores.topIds[index * top]);
  (order.results[doc] as TokenScores[])[place] = { ...scores, isGreedy };
  order.missing -= 1;
  if (order.missing === 0) order.resolve(order.results);
}
