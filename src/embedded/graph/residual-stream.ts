/**
 * The hidden states that every layer adds to. An addition waits for the next norm, because the runtime does both in one pass
 * over the numbers.
 */
import type { Norm } from './decoder.ts';
import type { GraphBuilder, Value } from './graph-builder.ts';
import { normalise, normParts } from './layers.ts';

export class ResidualStream {
  readonly #graph: GraphBuilder;
  #sum: Value;
  #waiting: Value | null = null;

  /** @param start [batch x time, width] */
  constructor(graph: GraphBuilder, start: Value) {
    this.#graph = graph;
    this.#sum = start;
  }

  /** @param addition of the stream's shape */
  add(addition: Value): void {
    this.#sum = this.read();
    this.#waiting = addition;
  }

  /** The stream as it is now. */
  read(): Value {
    if (this.#waiting !== null) this.#sum = this.#graph.node('Add', [this.#sum, this.#waiting]);
    this.#waiting = null;
    return this.#sum;
  }

  /** The stream normalised; it goes on unchanged. */
  normalised(norm: Norm): Value {
    if (this.#waiting === null) return normalise(this.#graph, this.#sum, norm);
    const { weights, epsilon } = normParts(this.#graph, norm);
    const op = norm.kind === 'rms' ? 'SkipSimplifiedLayerNormalization' : 'SkipLayerNormalization';
    // Mean and deviation, the second and third result, belong to training.
    const [result = '', , , sum = ''] = this.#graph.nodes(
      op,
      4,
      [this.#sum, this.#waiting, ...weights],
      epsilon,
      'com.microsoft',
    );
    this.#sum = sum;
    this.#waiting = null;
    return result;
  }

  /** Replaces the stream by a part of it, taken by `pick` (from each addend, which is less than from their sum). */
  narrow(pick: (value: Value) => Value): void {
    this.#sum = pick(this.#sum);
    if (this.#waiting !== null) this.#waiting = pick(this.#waiting);
  }
}
