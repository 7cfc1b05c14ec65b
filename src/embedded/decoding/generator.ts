/**
 * Decoding: prompts of all requests -> sequences that advance one token a step together, keys and values cached. A sequence that
 * ends leaves at once, and waiting ones take its place while the others go on.
 */

import type { Limits } from '../limits.ts';
import type { Reading } from '../reading/prefix-tree.ts';
import type { Reader } from '../reading/reader.ts';
import type { ForwardOutput, Runtime } from '../runtime.ts';
import { KeyValueCache } from './key-value-cache.ts';
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

interface Sequence extends Reading {
  readonly options: GenerateOptions;
  readonly random: () => number;
  readonly resolve: (reason: StopReason) => void;
  readonly reject: (error: unknown) => void;
  slot: number;
  last: number;
  made: number;
}

/** A prompt's next token is wanted; which target is named there is of no interest. */
const NEXT_TOKEN = { tail: [], targets: [0] };

export class Generator {
  readonly #runtime: Runtime;
  readonly #reader: Reader;
  readonly #limits: Limits;
  readonly #endTokens: ReadonlySet<number>;
  readonly #cache: KeyValueCache;
  #waiting: Sequence[] = [];
  /** In the order of their slots. */
  #active: Sequence[] = [];
  #generated = 0;
  #isWorking = false;

  constructor(runtime: Runtime, reader: Reader, limits: Limits, endTokens: ReadonlySet<number>) {
    this.#runtime = runtime;
    this.#reader = reader;
    this.#limits = limits;
    this.#endTokens = endTokens;
    this.#cache = new KeyValueCache(runtime.shape);
  }

  /** Sequences not begun, sequences being decoded, and tokens made since the start. */
  get state(): { readonly waiting: number; readonly decoding: number; readonly generated: number } {
    return { waiting: this.#waiting.length, decoding: this.#active.length, generated: this.#generated };
  }

  /**
   * Decodes behind `prompt` (not empty; with `maxTokens` it fits the model's length).
   * Rejects with the signal's reason when aborted.
   */
  generate(prompt: readonly number[], options: GenerateOptions): Promise<StopReason> {
    return new Promise((resolve, reject) => {
      if (options.maxTokens === 0) return resolve('length');
      options.signal?.addEventListener('abort', () => reject(options.signal?.reason), { once: true });
      const random = seededRandom(options.seed);
      this.#waiting.push({
        context: prompt,
        ...NEXT_TOKEN,
        options,
        random,
        resolve,
        reject,
        slot: -1,
        last: -1,
        made: 0,
      });
      if (this.#isWorking) return;
      this.#isWorking = true;
      // After the current turn of events, so that prompts that arrive together are read together.
      setImmediate(() => void this.#work());
    });
  }

  async #work(): Promise<void> {
    while (this.#active.length + this.#waiting.length > 0) {
      try {
        this.#leave(isAborted);
        this.#waiting = this.#waiting.filter((sequence) => !isAborted(sequence));
        const begun = this.#nextSequences();
        if (begun.length > 0) await this.#begin(begun);
        else if (this.#active.length > 0) await this.#step();
      } catch (error) {
        for (const sequence of this.#active) sequence.reject(error);
        this.#leave(() => true);
      }
    }
    this.#cache.clear();
    this.#isWorking = false;
  }

  /** As many waiting sequences as there is room for beside those being decoded; a lone one is always let in. */
  #nextSequences(): Sequence[] {
    const { sequences, cacheTokens } = this.#limits;
    let longest = Math.max(0, ...this.#active.map(lengthAtEnd));
    let count = 0;
    for (const next of this.#waiting) {
      longest = Math.max(longest, lengthAtEnd(next));
      const all = this.#active.length + count + 1;
      if (all > 1 && (all > sequences || longest * all > cacheTokens)) break;
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }

  /** Reads the prompts and makes everyone's first token. */
  async #begin(begun: readonly Sequence[]): Promise<void> {
    const first = this.#cache.open(begun.map(({ context }) => context.length));
    begun.forEach((sequence, index) => {
      sequence.slot = first + index;
    });
    this.#active.push(...begun);
    const ended = new Set<Sequence>();
    const ask = askFor(begun);
    const outputs = new Map<Sequence, { output: ForwardOutput; row: number }>();
    await this.#reader.read(begun, {
      ...ask,
      isWanted: (sequence) => !isAborted(sequence),
      onKeys: (sequence, keys) => this.#cache.fill(sequence.slot, keys),
      onAnswer: ({ reading }, output, _ask, row) => outputs.set(reading, { output, row }),
      onDone: (sequence) => {
        const { output, row } = outputs.get(sequence) as { output: ForwardOutput; row: number };
        outputs.delete(sequence);
        if (!isAborted(sequence) && this.#take(sequence, output, row, ask.top)) ended.add(sequence);
      },
    });
    this.#leave((sequence) => ended.has(sequence));
  }

  /** One more token for every sequence. */
  async #step(): Promise<void> {
    const active = this.#active;
    const past = this.#cache.read();
    const mask = new Float32Array(active.length * past.length);
    const window = this.#runtime.shape.window ?? null;
    const windowMask = window === null ? null : new Float32Array(mask.length);
    this.#cache.lengths.forEach((length, slot) => {
      const [from, to] = [slot * past.length, (slot + 1) * past.length];
      mask.fill(Number.NEGATIVE_INFINITY, from + length, to);
      windowMask?.fill(Number.NEGATIVE_INFINITY, from + length, to);
      // The token itself is the window's last.
      windowMask?.fill(Number.NEGATIVE_INFINITY, from, from + Math.max(0, length - (window as number) + 1));
    });
    const ask = askFor(active);
    const output = await this.#runtime.forward({
      kind: 'decode',
      batch: active.length,
      time: 1,
      ids: Int32Array.from(active, ({ last }) => last),
      positions: Int32Array.from(this.#cache.lengths),
      mask,
      windowMask,
      past,
      rows: Int32Array.from(active.keys()),
      askRows: new Int32Array(0),
      targets: new Int32Array(0),
      wantKeys: true,
      ...ask,
    });
    this.#cache.append(output.keys);
    const ended = new Set(active.filter((sequence, row) => this.#take(sequence, output, row, ask.top)));
    this.#leave((sequence) => ended.has(sequence));
  }

  /** Gives up the slots of sequences that ended; from the last, so that what moves is not one of them. */
  #leave(isOver: (sequence: Sequence) => boolean): void {
    for (let slot = this.#active.length - 1; slot >= 0; slot--) {
      if (!isOver(this.#active[slot] as Sequence)) continue;
      this.#cache.close(slot);
      const last = this.#active.pop() as Sequence;
      if (slot === this.#active.length) continue;
      this.#active[slot] = last;
      last.slot = slot;
    }
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

/** Tokens a sequence has when it is as long as it may become. */
function lengthAtEnd({ context, options }: Sequence): number {
  return context.length + options.maxTokens;
}

function isAborted(sequence: Sequence): boolean {
  return sequence.options.signal?.aborted ?? false;
}
