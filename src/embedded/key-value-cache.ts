/**
 * Keys and values of a wave of sequences that are decoded together. Sequences end at the same place (shorter ones have room in
 * front), so every step appends one column. Two sets of buffers take turns: a step reads one and writes the other.
 */
import type { ModelShape } from './graph/model-graph.ts';

export class KeyValueCache {
  readonly #shape: ModelShape;
  readonly #buffers: readonly [Float32Array[], Float32Array[]];
  #turn: 0 | 1 = 0;
  #sequences: number;
  #length: number;

  /** @param capacity longest this wave can become, tokens; `length` columns are filled by `put` before the first step */
  constructor(shape: ModelShape, sequences: number, length: number, capacity: number) {
    this.#shape = shape;
    this.#sequences = sequences;
    this.#length = length;
    const floats = sequences * shape.kvHeads * capacity * shape.headDim;
    const buffers = () => Array.from({ length: 2 * shape.layers }, () => new Float32Array(floats));
    this.#buffers = [buffers(), buffers()];
  }

  /** Tokens in the cache, the room in front of short sequences included. */
  get length(): number {
    return this.#length;
  }

  /** 2 x layers arrays [sequences, kvHeads, length, headDim]. */
  read(): Float32Array[] {
    return this.#views(this.#turn, this.#length);
  }

  /** Where the next step puts everything: [sequences, kvHeads, length + 1, headDim]. */
  write(): Float32Array[] {
    return this.#views(this.#turn === 0 ? 1 : 0, this.#length + 1);
  }

  /** What was written is read from now on. */
  advance(): void {
    this.#turn = this.#turn === 0 ? 1 : 0;
    this.#length += 1;
  }

  /**
   * Takes over the first `tokens` columns of row `from` of a prefill.
   * @param filled 2 x layers arrays [rows, kvHeads, time, headDim]
   */
  put(sequence: number, filled: readonly Float32Array[], from: number, time: number, tokens: number): void {
    const { kvHeads, headDim } = this.#shape;
    this.read().forEach((target, index) => {
      const source = filled[index] as Float32Array;
      for (let head = 0; head < kvHeads; head++) {
        const start = (from * kvHeads + head) * time * headDim;
        const end = ((sequence * kvHeads + head + 1) * this.#length - tokens) * headDim;
        target.set(source.subarray(start, start + tokens * headDim), end);
      }
    });
  }

  /** Keeps only these sequences, in this order (ascending). */
  keep(sequences: readonly number[]): void {
    const size = this.#shape.kvHeads * this.#length * this.#shape.headDim;
    for (const array of this.read()) {
      for (const [index, sequence] of sequences.entries()) {
        array.copyWithin(index * size, sequence * size, (sequence + 1) * size);
      }
    }
    this.#sequences = sequences.length;
  }

  #views(turn: 0 | 1, length: number): Float32Array[] {
    const floats = this.#sequences * this.#shape.kvHeads * length * this.#shape.headDim;
    return this.#buffers[turn].map((buffer) => buffer.subarray(0, floats));
  }
}
