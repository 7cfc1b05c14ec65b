/** Bytes of a pickle, one field after the other; whatever would lie behind the end is an error. */

/** Longest name of a module or global. */
const LONGEST_LINE = 500;

export class PickleReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  byte(): number {
    return this.#bytes.readUInt8(this.#skip(1));
  }

  uint16(): number {
    return this.#bytes.readUInt16LE(this.#skip(2));
  }

  int32(): number {
    return this.#bytes.readInt32LE(this.#skip(4));
  }

  uint32(): number {
    return this.#bytes.readUInt32LE(this.#skip(4));
  }

  /** Exact, or refused above 2^53. */
  uint64(): number {
    const value = Number(this.#bytes.readBigUInt64LE(this.#skip(8)));
    if (!Number.isSafeInteger(value)) throw new Error('holds a number that is too large');
    return value;
  }

  double(): number {
    return this.#bytes.readDoubleBE(this.#skip(8));
  }

  /** Two's complement of `length` bytes, lowest first; a size or an offset, so at most 8 bytes. */
  long(length: number): number {
    if (length === 0) return 0;
    if (length > 8) throw new Error(`holds a whole number of ${length} bytes`);
    const start = this.#skip(length);
    let value = 0n;
    for (let byte = length - 1; byte >= 0; byte--) value = value * 256n + BigInt(this.#bytes[start + byte] as number);
    return Number(BigInt.asIntN(8 * length, value));
  }

  text(length: number): string {
    const start = this.#skip(length);
    return this.#bytes.toString('utf8', start, start + length);
  }

  /** Up to a line feed, which is taken away. */
  line(): string {
    const end = this.#bytes.indexOf(10, this.#at);
    if (end < 0 || end - this.#at > LONGEST_LINE) throw new Error('asks for a global without a name');
    const text = this.#bytes.toString('utf8', this.#at, end);
    this.#at = end + 1;
    return text;
  }

  #skip(count: number): number {
    const start = this.#at;
    if (count > this.#bytes.length - start) throw new Error('ends in the middle of an instruction');
    this.#at += count;
    return start;
  }
}
