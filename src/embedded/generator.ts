/**
 * Decoding: prompts of all requests -> waves of sequences that advance one token a step together, keys and values cached.
 * A sequence leaves its wave when it ends; new waves begin beside running ones while there is room.
 */
import { KeyValueCache } from './key-value-cache.ts';
import type { Limits } from './limits.ts';
import { type Doc, packBatch } from './packing.ts';
import type { ForwardOutput, Runtime } from './runtime.ts';
import { sampleToken, seededRandom } from './sampling.ts';

/** `stop`: an end token, or the caller had enough; `length`: max tokens; `non_finite`: the model gave no distribution. */
export type StopReason = 'stop' | 'length' | 'non_finite';

export interface GeneratedToken {
  readonly id: number;
  /** Nats, before temperature. */
  readonly logprob: number;
  /** The most probable tokens there, best first, as many as were asked for. */
  readonly top: readonly { readonly id: number; readonly logprob: number }[];
}

export interface GenerateOptions {
  readonly maxTokens: number;
  /** 0 is greedy. */
  readonly temperature: number;
  readonly topP: number;
  readonly seed: number;
  readonly top: number;
  readonly ignoreEnd: boolean;
  readonly signal?: AbortSignal;
  /** Called for each token; true ends the sequence with it. */
  readonly onToken: (token: GeneratedToken) => boolean;
}

interface Sequence {
  readonly prompt: readonly number[];
  readonly options: GenerateOptions;
  readonly random: () => number;
  readonly resolve: (reason: StopReason) => void;
  readonly reject: (error: unknown) => void;
  last: number;
  made: number;
}

export class Generator {
  readonly #runtime: Runtime;
  readonly #limits: Limits;
  readonly #endTokens: ReadonlySet<number>;
  readonly #waiting: Sequence[] = [];
  #decoding = 0;
  #cachedTokens = 0;
  #generated = 0;
  #isScheduled = false;

  constructor(runtime: Runtime, limits: Limits, endTokens: ReadonlySet<number>) {
    this.#runtime = runtime;
    this.#limits = limits;
    this.#endTokens = endTokens;
  }

  /** Sequences not begun, sequences being decoded, and tokens made since the start. */
  get state(): { readonly waiting: number; readonly decoding: number; readonly generated: number } {
    return { waiting: this.#waiting.length, decoding: this.#decoding, generated: this.#generated };
  }

  /**
   * Decodes behind `prompt` (not empty; with `maxTokens` it fits the model's length).
   * Rejects with the signal's reason when aborted.
   */
  generate(prompt: readonly number[], options: GenerateOptions): Promise<StopReason> {
    return new Promise((resolve, reject) => {
      if (options.maxTokens === 0) return resolve('length');
      options.signal?.addEventListener('abort', () => reject(options.signal?.reason), { once: true });
      this.#waiting.push({ prompt, options, random: seededRandom(options.seed), resolve, reject, last: -1, made: 0 });
      this.#schedule();
    });
  }

  /** After the current turn of events, so that prompts that arrive together are decoded together. */
  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      const wave = this.#nextWave();
      if (wave.length > 0) void this.#decode(wave);
    });
  }

  /** As many waiting sequences as there is room for, none if there is none. */
  #nextWave(): Sequence[] {
    const wave: Sequence[] = [];
    let capacity = 0;
    while (this.#waiting.length > 0) {
      const next = this.#waiting[0] as Sequence;
      const grown = Math.max(capacity, next.prompt.length + next.options.maxTokens);
      const cached = this.#cachedTokens + grown * (wave.length + 1);
      const isFull = this.#decoding + wave.length >= this.#limits.sequences || cached > this.#limits.cacheTokens;
      // A lone sequence is always let in, however long.
      if (isFull && this.#decoding + wave.length > 0) break;
      capacity = grown;
      this.#waiting.shift();
      if (!isAborted(next)) wave.push(next);
    }
    return wave;
  }

  async #decode(wave: Sequence[]): Promise<void> {
    const capacity = Math.max(...wave.map(({ prompt, options }) => prompt.length + options.maxTokens));
    const size = wave.length;
    this.#decoding += size;
    this.#cachedTokens += capacity * size;
    try {
      await this.#runWave(wave, capacity);
    } catch (error) {
      for (const sequence of wave) sequence.reject(error);
    }
    this.#cachedTokens -= capacity * size;
    if (this.#waiting.length > 0) this.#schedule();
  }

  async #runWave(wave: readonly Sequence[], capacity: number): Promise<void> {
    const start = Math.max(...wave.map(({ prompt }) => prompt.length));
    let active = wave;
    try {
      const cache = new KeyValueCache(this.#runtime.shape, wave.length, start, capacity);
      for (let isFirst = true; active.length > 0; isFirst = false) {
        const ended = isFirst ? await this.#prefill(wave, cache) : await this.#step(active, cache, start);
        const kept = active.filter((sequence, index) => !ended[index] && !isAborted(sequence));
        if (kept.length === active.length) continue;
        cache.keep(indexesOf(active, kept));
        this.#leave(active.length - kept.length);
        active = kept;
      }
    } finally {
      this.#leave(active.length);
    }
  }

  /** Sequences left their waves, so waiting ones may begin. */
  #leave(count: number): void {
    this.#decoding -= count;
    // A new wave for every single place would be decoded nearly alone.
    const isWorthAWave = this.#decoding <= this.#limits.sequences / 2;
    if (isWorthAWave && this.#waiting.length > 0) this.#schedule();
  }

  /** Reads the prompts, like lengths together, fills the cache, and makes everyone's first token. */
  async #prefill(wave: readonly Sequence[], cache: KeyValueCache): Promise<boolean[]> {
    const isOver: boolean[] = [];
    for (const group of groupByLength(wave, this.#limits.tokens)) {
      const docs = group.map((index) => firstTokenDoc((wave[index] as Sequence).prompt));
      const width = Math.max(...docs.map(({ context }) => context.length));
      const { input } = packBatch({ width, rows: docs.map((doc) => [doc]) });
      const { kvHeads, headDim, layers } = this.#runtime.shape;
      const floats = docs.length * kvHeads * width * headDim;
      const filled = Array.from({ length: 2 * layers }, () => new Float32Array(floats));
      const sequences = group.map((index) => wave[index] as Sequence);
      const ask = askFor(sequences);
      const output = await this.#runtime.forward({ ...input, ...ask, cacheOut: filled });
      group.forEach((index, row) => {
        const sequence = wave[index] as Sequence;
        cache.put(index, filled, row, width, sequence.prompt.length);
        isOver[index] = this.#take(sequence, output, row, ask.top);
      });
    }
    return isOver;
  }

  /** One more token for every sequence; says which of them ended. */
  async #step(active: readonly Sequence[], cache: KeyValueCache, start: number): Promise<boolean[]> {
    const total = cache.length + 1;
    const ask = askFor(active);
    const mask = new Float32Array(active.length * total);
    active.forEach(({ prompt }, row) => {
      mask.fill(Number.NEGATIVE_INFINITY, row * total, row * total + start - prompt.length);
    });
    const output = await this.#runtime.forward({
      batch: active.length,
      time: 1,
      past: cache.length,
      ids: Int32Array.from(active, ({ last }) => last),
      // `made` tokens stand behind the prompt; the last of them is the one read now.
      positions: Int32Array.from(active, ({ prompt, made }) => prompt.length + made - 1),
      mask,
      rows: Int32Array.from(active.keys()),
      targets: new Int32Array(active.length),
      ...ask,
      cache: cache.read(),
      cacheOut: cache.write(),
    });
    cache.advance();
    return active.map((sequence, row) => this.#take(sequence, output, row, ask.top));
  }

  /** Chooses the next token of one sequence and tells its caller; true when it was the last. */
  #take(sequence: Sequence, output: ForwardOutput, row: number, top: number): boolean {
    const best = Array.from({ length: top }, (_, rank) => ({
      id: output.topId[row * top + rank] as number,
      logprob: output.topLogprob[row * top + rank] as number,
    }));
    const token = choose(sequence, best, output.distribution, row, this.#runtime.shape.vocabSize);
    if (token === null) {
      sequence.resolve('non_finite');
      return true;
    }
    sequence.last = token.id;
    sequence.made += 1;
    this.#generated += 1;
    const isEnough = sequence.options.onToken({ ...token, top: best.slice(0, sequence.options.top) });
    const isEnd = !sequence.options.ignoreEnd && this.#endTokens.has(token.id);
    if (isEnough || isEnd) sequence.resolve('stop');
    else if (sequence.made >= sequence.options.maxTokens) sequence.resolve('length');
    else return false;
    return true;
  }
}

/** The next token, or null when the model gave something that is no distribution. */
function choose(
  sequence: Sequence,
  best: readonly { id: number; logprob: number }[],
  distribution: Float32Array,
  row: number,
  vocabSize: number,
): { id: number; logprob: number } | null {
  const first = best[0];
  if (first === undefined || !Number.isFinite(first.logprob)) return null;
  const { temperature, topP } = sequence.options;
  if (temperature === 0) return first;
  const logprobs = distribution.subarray(row * vocabSize, (row + 1) * vocabSize);
  const id = sampleToken(logprobs, { temperature, topP, random: sequence.random });
  return id < 0 ? null : { id, logprob: logprobs[id] as number };
}

/** What a run must bring back to serve all of these. */
function askFor(sequences: readonly Sequence[]): { top: number; wantDistribution: boolean } {
  return {
    top: Math.max(1, ...sequences.map(({ options }) => options.top)),
    wantDistribution: sequences.some(({ options }) => options.temperature > 0),
  };
}

/** A prompt whose next token is wanted; the target itself is of no interest. */
function firstTokenDoc(prompt: readonly number[]): Doc {
  return { context: prompt, continuations: [[0]] };
}

/** Indexes of the wave in groups whose padded size is within `tokens`. */
function groupByLength(wave: readonly Sequence[], tokens: number): number[][] {
  const order = [...wave.keys()].sort(
    (a, b) => (wave[b] as Sequence).prompt.length - (wave[a] as Sequence).prompt.length,
  );
  const groups: number[][] = [];
  let width = 0;
  for (const index of order) {
    const group = groups.at(-1);
    if (group && (group.length + 1) * width <= tokens) group.push(index);
    else {
      groups.push([index]);
      width = (wave[index] as Sequence).prompt.length;
    }
  }
  return groups;
}

function indexesOf(all: readonly Sequence[], kept: readonly Sequence[]): number[] {
  const wanted = new Set(kept);
  return [...all.keys()].filter((index) => wanted.has(all[index] as Sequence));
}

function isAborted(sequence: Sequence): boolean {
  return sequence.options.signal?.aborted ?? false;
}
