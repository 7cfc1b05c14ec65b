/** Tokens one by one -> text that is safe to show: whole characters only, and nothing that may become a stop string. */
import type { Tokenizer } from './tokenizer.ts';

export class TextStream {
  readonly #tokenizer: Tokenizer;
  readonly #stops: readonly string[];
  /** Tokens whose bytes do not make whole characters yet, and those of the last piece of text before them. */
  #pending: number[] = [];
  #before: number[] = [];
  #held = '';
  #text = '';
  #isStopped = false;

  constructor(tokenizer: Tokenizer, stops: readonly string[]) {
    this.#tokenizer = tokenizer;
    this.#stops = stops.filter((stop) => stop !== '');
  }

  /** All text so far, without what is held back. */
  get text(): string {
    return this.#text;
  }

  /** A stop string was found; the text ends before it. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** @returns the text that may be shown now, often '' */
  push(token: number): string {
    this.#pending.push(token);
    const fresh = this.#decodePending();
    if (fresh.endsWith('\ufffd')) return '';
    // Tokens that show nothing (special ones) leave what was before them in view.
    this.#before = fresh === '' ? [...this.#before, ...this.#pending] : this.#pending;
    this.#pending = [];
    return this.#release(fresh, false);
  }

  /** No more tokens come: everything held back is released. */
  finish(): string {
    const rest = this.#pending.length > 0 ? this.#decodePending() : '';
    this.#pending = [];
    return this.#release(rest, true);
  }

  /** Some tokenizers drop a leading space at the start of a text, so a token is decoded behind the one before it. */
  #decodePending(): string {
    const options = { skipSpecialTokens: true };
    if (this.#tokenizer.isConcatenative) return this.#tokenizer.decode(this.#pending, options);
    const before = this.#tokenizer.decode(this.#before, options);
    return this.#tokenizer.decode([...this.#before, ...this.#pending], options).slice(before.length);
  }

  #release(fresh: string, isLast: boolean): string {
    if (this.#isStopped) return '';
    const candidate = this.#held + fresh;
    const found = this.#stops.map((stop) => candidate.indexOf(stop)).filter((at) => at >= 0);
    this.#isStopped = found.length > 0;
    const end = this.#isStopped ? Math.min(...found) : isLast ? candidate.length : this.#safeLength(candidate);
    this.#held = candidate.slice(end);
    this.#text += candidate.slice(0, end);
    return candidate.slice(0, end);
  }

  /** Up to where the text cannot be the beginning of a stop string. */
  #safeLength(text: string): number {
    const longest = Math.max(0, ...this.#stops.map((stop) => stop.length - 1));
    for (let start = Math.max(0, text.length - longest); start < text.length; start++) {
      const tail = text.slice(start);
      if (this.#stops.some((stop) => stop.startsWith(tail))) return start;
    }
    return text.length;
  }
}
