/**
 * Keys and values of the sequences being decoded, a slot each. A step reads the slots in use where they lie and the new token's
 * keys and values are written behind them, so nothing is copied but when the slots have to become longer or more.
 */
import type { ModelShape } from '../graph/model-graph.ts';
import { copyPast } from '../reading/past.ts';
import type { ReadKeys } from '../reading/reader.ts';
import type { Past } from '../runtime.ts';

/** Slots grow by this many tokens at a time; what is not filled is masked but costs a little. */
const STEP = 64;

export class KeyValueCache {
  readonly #shape: ModelShape;
  /** 2 x layers arrays [slots, kvHeads, room, headDim]. */
  #arrays: Float32Array[];
  #slots = 0;
  #room = 0;
  /** Tokens of each slot in use; those slots stand first. */
  #lengths: number[] = [];

  constructor(shape: ModelShape) {
    this.#shape = shape;
    this.#arrays = Array.from({ length: 2 * shape.layers }, () => new Float32Array(0));
  }

  /** Slots in use. */
  get size(): number {
    return this.#lengths.length;
  }

  /** Tokens each slot in use holds. */
  get lengths(): readonly number[] {
    return this.#lengths;
  }

  /** What a step reads: the slots in use, `length` tokens of room each, which `lengths` tells how to mask. */
  read(): Past {
    const floats = this.size * this.#slotFloats;
    return { length: this.#room, arrays: this.#arrays.map((array) => array.subarray(0, floats)) };
  }

  /**
   * Makes slots at the end for sequences of these lengths, filled by `fill`.
   * @returns the first of them
   */
  open(lengths: readonly number[]): number {
    const first = this.size;
    this.#lengths.push(...lengths);
    const longest = Math.max(...this.#lengths) + 1;
    const isTight = longest > this.#room || longest <= this.#room - 2 * STEP;
    if (this.size > this.#slots || isTight) this.#resize(Math.max(this.size, this.#slots), longest, first);
    return first;
  }

  /** Takes over a sequence that was just read. */
  fill(slot: number, { past, arrays, places }: ReadKeys): void {
    const { kvHeads, headDim } = this.#shape;
    this.#arrays.forEach((target, index) => {
      const start = slot * this.#slotFloats;
      copyPast(this.#shape, past, index, target, start, this.#room);
      const source = arrays[index] as Float32Array;
      places.forEach((place, token) => {
        for (let head = 0; head < kvHeads; head++) {
          const from = (place * kvHeads + head) * headDim;
          const to = start + (head * this.#room + past.length + token) * headDim;
          for (let at = 0; at < headDim; at++) target[to + at] = source[from + at] as number;
        }
      });
    });
  }

  /** One more token for every slot in use. @param keys 2 x layers arrays [slots in use, 1, kvHeads x headDim] */
  append(keys: readonly Float32Array[]): void {
    const { kvHeads, headDim } = this.#shape;
    this.#arrays.forEach((target, index) => {
      const source = keys[index] as Float32Array;
      for (let slot = 0, from = 0; slot < this.size; slot++) {
        for (let head = 0; head < kvHeads; head++) {
          const to = slot * this.#slotFloats + (head * this.#room + (this.#lengths[slot] as number)) * headDim;
          for (let at = 0; at < headDim; at++) target[to + at] = source[from++] as number;
        }
      }
    });
    this.#lengths = this.#lengths.map((length) => length + 1);
    if (Math.max(...this.#lengths) >= this.#room) this.#resize(this.#slots, this.#room + 1, this.size);
  }

  /** Gives up a slot; the last one takes its place. @returns the slot that moved there, or null when it was the last itself */
  close(slot: number): number | null {
    const last = this.size - 1;
    const length = this.#lengths.pop() as number;
    if (slot === last) return null;
    this.#lengths[slot] = length;
    const floats = this.#slotFloats;
    for (const array of this.#arrays) array.copyWithin(slot * floats, last * floats, (last + 1) * floats);
    return last;
  }

  /** Frees the memory once nothing is decoded. */
  clear(): void {
    this.#arrays = this.#arrays.map(() => new Float32Array(0));
    this.#slots = 0;
    this.#room = 0;
    this.#lengths = [];
  }

  get #slotFloats(): number {
    return this.#shape.kvHeads * this.#room * this.#shape.headDim;
  }

  /** Moves the first `filled` slots into arrays of `slots` slots with room for `longest` tokens. */
  #resize(slots: number, longest: number, filled: number): void {
    const { kvHeads, headDim } = this.#shape;
    const before = this.#room;
    this.#slots = slots;
    this.#room = Math.ceil(longest / STEP) * STEP;
    this.#arrays = this.#arrays.map((source) => {
      const target = new Float32Array(slots * this.#slotFloats);
      for (let slot = 0; slot < filled; slot++) {
        const size = (this.#lengths[slot] as number) * headDim;
        for (let head = 0; head < kvHeads; head++) {
          const from = (slot * kvHeads + head) * before * headDim;
          target.set(source.subarray(from, from + size), (slot * kvHeads + head) * this.#room * headDim);
        }
      }
      return target;
    });
  }
}
