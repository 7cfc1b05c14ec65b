/** A prefix tree over texts, by UTF-16 code unit, in flat arrays. */
import { PairTable } from './pair-table.ts';

export class StringTrie {
  readonly #children: PairTable;
  /** Per node the number stored with the text that ends there, or -1. */
  readonly #values: number[] = [-1];

  constructor(entries: Iterable<readonly [string, number]>) {
    const all = [...entries];
    this.#children = new PairTable(all.reduce((sum, [text]) => sum + text.length, 0) >> 1);
    for (const [text, value] of all) this.#add(text, value);
  }

  #add(text: string, value: number): void {
    let node = 0;
    for (let at = 0; at < text.length; at++) {
      let child = this.#children.get(node, text.charCodeAt(at));
      if (child < 0) {
        child = this.#values.push(-1) - 1;
        this.#children.set(node, text.charCodeAt(at), child);
      }
      node = child;
    }
    this.#values[node] = value;
  }

  /** The node one code unit further, or -1; the root is 0. */
  step(node: number, unit: number): number {
    return this.#children.get(node, unit);
  }

  /** The number stored at a node, or -1. */
  valueAt(node: number): number {
    return this.#values[node]!;
  }
}
