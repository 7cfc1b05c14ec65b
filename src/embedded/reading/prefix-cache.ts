/** Keys and values of the beginnings read last: the few-shot prompt of a task is read once, however many requests it comes in. */

import type { Past } from '../runtime.ts';
import { bytesOf } from './past.ts';

export interface KnownBeginning {
  readonly tokens: readonly number[];
  /** Of these tokens, one sequence. */
  readonly past: Past;
}

export class PrefixCache {
  readonly #mostBytes: number;
  /** The one used last stands last. */
  #beginnings: KnownBeginning[] = [];

  /** @param mostBytes what all of it may occupy; the one not used for longest goes first */
  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  get beginnings(): readonly KnownBeginning[] {
    return this.#beginnings;
  }

  /** Notes that it was of use. */
  touch(beginning: KnownBeginning): void {
    const others = this.#beginnings.filter((each) => each !== beginning);
    if (others.length < this.#beginnings.length) this.#beginnings = [...others, beginning];
  }

  remember(beginning: KnownBeginning): void {
    // What the new one begins with brings nothing any more.
    this.#beginnings = this.#beginnings.filter(({ tokens }) => !beginsWith(beginning.tokens, tokens));
    this.#beginnings.push(beginning);
    let bytes = this.#beginnings.reduce((sum, { past }) => sum + bytesOf(past), 0);
    while (bytes > this.#mostBytes) bytes -= bytesOf((this.#beginnings.shift() as KnownBeginning).past);
  }
}

export function beginsWith(tokens: readonly number[], beginning: readonly number[]): boolean {
  return beginning.length <= tokens.length && beginning.every((token, index) => token === tokens[index]);
}
