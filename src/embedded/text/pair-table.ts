/** A hash table from two integers to one, in flat arrays: a merge table of half a million entries fits in 8 MB and is fast. */

const EMPTY = -1;

export class PairTable {
  #size = 0;
  #mask: number;
  #first: Int32Array;
  #second: Int32Array;
  #value: Int32Array;

  constructor(expected: number) {
    let capacity = 16;
    while (capacity < expected * 2) capacity *= 2;
    this.#mask = capacity - 1;
    this.#first = new Int32Array(capacity).fill(EMPTY);
    this.#second = new Int32Array(capacity);
    this.#value = new Int32Array(capacity);
  }

  /** @returns the value, or -1 */
  get(first: number, second: number): number {
    const slot = this.#slotOf(first, second);
    return this.#first[slot] === EMPTY ? -1 : this.#value[slot]!;
  }

  /** All three are integers from 0; a later value replaces an earlier one. */
  set(first: number, second: number, value: number): void {
    const slot = this.#slotOf(first, second);
    if (this.#first[slot] === EMPTY) this.#size++;
    this.#first[slot] = first;
    this.#second[slot] = second;
    this.#value[slot] = value;
    if (this.#size * 2 > this.#mask) this.#grow();
  }

  #slotOf(first: number, second: number): number {
    const mixed = Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca6b);
    let slot = (mixed ^ (mixed >>> 15)) & this.#mask;
    while (this.#first[slot] !== EMPTY && (this.#first[slot] !== first || this.#second[slot] !== second)) {
      slot = (slot + 1) & this.#mask;
    }
    return slot;
  }

  #grow(): void {
    const bigger = new PairTable(this.#mask + 1);
    for (let slot = 0; slot <= this.#mask; slot++) {
      if (this.#first[slot] !== EMPTY) bigger.set(this.#first[slot]!, this.#second[slot]!, this.#value[slot]!);
    }
    this.#mask = bigger.#mask;
    this.#first = bigger.#first;
    this.#second = bigger.#second;
    this.#value = bigger.#value;
  }
}
